"""Trains attention-only models from scratch until induction heads form in them.

Each batch is random tokens repeated once. The loss is the mean cross-entropy of the predictions
that the repetition makes possible, from the second half's first token to its last but one. With two
layers of four heads the best induction score rises from 0.06 at step 100 to 0.5 … 0.7 at step 150
and ends above 0.8: the phase change of
https://transformer-circuits.pub/2022/in-context-learning-and-induction-heads.

Runs are trained in float64, because rounding errors grow during training: over ten seeds, other
instruction sets change a head's score by at most 1e-6, against 5e-2 in float32. Weights are saved
in float16, which changes scores by less than 1e-4 and keeps those differences below 1e-5.
"""

import math
import warnings
from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import LambdaLR
from transformer_lens import HookedTransformer, HookedTransformerConfig

from grader.models.config import one_thread

D_MODEL, D_HEAD, N_CTX = 64, 16, 128
D_VOCAB = 125  # a divisor of the 10,000 tokens that the lab draws from

STEPS = (0, 50, 100, 150, 200, 250, 300, 400, 600)
"""The steps of a run that are saved as checkpoints; training ends at the last."""

BATCH_SIZE = 32
HALF_LENGTHS = (16, 50)
"""Minimum and maximum number of tokens in a half; each batch draws its own number."""

LEARNING_RATE = 1.5e-2
WARM_UP_STEPS = 50
"""Steps in which the learning rate rises; it then falls to zero along a cosine."""

Weights = dict[str, Float[Tensor, "..."]]


def train(
    seed: int, n_layers: int = 2, n_heads: int = 4, steps: Sequence[int] = STEPS
) -> dict[int, Weights]:
    """Train a model on one thread of the CPU, which takes about a minute.

    Args:
        seed: Seed of all weights and batches; the global random state is left alone.
        n_layers: At least 2, because induction takes two layers.
        n_heads: Heads in each layer.
        steps: Steps after which to take a checkpoint, in order. Training ends at the last of them;
            the learning-rate schedule does not depend on them.

    Returns:
        The trained weights after each of the steps, in float16.
    """
    generator = torch.Generator(device="cpu").manual_seed(seed)
    model = initial_model(generator, n_layers, n_heads, torch.float64)
    weights = dict(trained_weights(model))
    checkpoints: dict[int, Weights] = {}
    with one_thread(), torch.enable_grad():
        optimizer = torch.optim.AdamW(weights.values(), lr=LEARNING_RATE)
        schedule = LambdaLR(optimizer, _warm_up_and_decay)
        for step in range(steps[-1] + 1):
            if step in steps:
                checkpoints[step] = {name: w.detach().half() for name, w in weights.items()}
            if step < steps[-1]:
                optimizer.zero_grad()
                _loss(model, _sample_batch(generator)).backward()
                optimizer.step()
                schedule.step()
    return checkpoints


def initial_model(
    generator: torch.Generator, n_layers: int, n_heads: int, dtype: torch.dtype
) -> HookedTransformer:
    """Build the randomly initialised model that training starts from, on the CPU.

    Biases are zero and are not trained. Positions are sinusoids, added to queries and keys only;
    they are not trained either, so that sequences may be longer than those trained on.
    """
    cfg = HookedTransformerConfig(
        n_layers=n_layers,
        n_heads=n_heads,
        d_model=D_MODEL,
        d_head=D_HEAD,
        n_ctx=N_CTX,
        d_vocab=D_VOCAB,
        attn_only=True,
        normalization_type=None,
        positional_embedding_type="shortformer",
        init_weights=False,
        device="cpu",
        dtype=dtype,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        model = HookedTransformer(cfg)
    with torch.no_grad():
        for parameter in model.requires_grad_(requires_grad=False).parameters():
            parameter.zero_()
        for name, weight in trained_weights(model):
            scale = 1.0 if name == "embed.W_E" else 0.8 / math.sqrt(D_MODEL)
            weight.normal_(0.0, scale, generator=generator).requires_grad_()
        model.pos_embed.W_pos.copy_(_sinusoids())
    return model


def trained_weights(model: HookedTransformer) -> Iterator[tuple[str, Tensor]]:
    """Yield the names and weights that training changes."""
    for name, weight in model.named_parameters():
        if ".W_" in name and name != "pos_embed.W_pos":
            yield name, weight


def _sinusoids() -> Float[Tensor, "pos d_model"]:
    """Return sinusoids of evenly spaced frequencies, so that neighbours differ strongly."""
    frequencies = math.pi * (torch.arange(D_MODEL // 2, device="cpu").double() + 0.5)
    frequencies /= D_MODEL // 2
    phases = torch.arange(N_CTX, device="cpu")[:, None] * frequencies
    return torch.cat([phases.sin(), phases.cos()], dim=1)


def _sample_batch(generator: torch.Generator) -> Int[Tensor, "batch pos"]:
    """Sample random tokens of a random length, and repeat them once."""
    shortest, longest = HALF_LENGTHS
    seq_len = int(torch.randint(shortest, longest + 1, (), generator=generator, device="cpu"))
    half = torch.randint(D_VOCAB, (BATCH_SIZE, seq_len), generator=generator, device="cpu")
    return torch.cat([half, half], dim=1)


def _loss(model: HookedTransformer, tokens: Int[Tensor, "batch pos"]) -> Float[Tensor, ""]:
    """Return the mean cross-entropy of the predictions whose next token occurred before."""
    seq_len = tokens.shape[1] // 2
    logits = model(tokens)[:, seq_len:-1]
    return cross_entropy(logits.flatten(0, 1), tokens[:, seq_len + 1 :].flatten())


def _warm_up_and_decay(step: int) -> float:
    """Return the factor on the learning rate at a step."""
    decay = (1 + math.cos(math.pi * step / STEPS[-1])) / 2
    return decay * min(1.0, (step + 1) / WARM_UP_STEPS)
