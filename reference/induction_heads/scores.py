"""Scores that tell induction heads and previous-token heads by what they attend to.

A head's score is the mean of one off-diagonal stripe of its attention pattern. On repeated random
tokens the stripe of the induction heads is the prefix-matching score of Olsson et al. (2022),
In-context Learning and Induction Heads.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens.hook_points import HookPoint

from reference.induction_heads.sequences import (
    Model,
    create_repeated_sequence,
    forward_batches,
    require_at_least,
)


def read_patterns(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    read: Callable[[Tensor], Tensor],
    layers: Sequence[int],
) -> dict[int, Tensor]:
    """Run the model once and keep a part of the attention patterns of some layers.

    Nothing is computed after the last of these layers, and no pattern outlives its layer.

    Args:
        model: The model to run.
        tokens: What to run it on.
        read: Takes a layer's pattern [batch head_index query_pos key_pos], gives the part to keep.
        layers: The layers to read.

    Returns:
        What `read` gave for each layer, copied to the model's device.
    """
    kept: dict[int, Tensor] = {}

    def keep(pattern: Tensor, hook: HookPoint) -> None:
        kept[hook.layer()] = read(pattern).to(model.cfg.device, copy=True)

    if layers:
        with torch.inference_mode():
            model.run_with_hooks(
                tokens.to(model.cfg.device),
                fwd_hooks=[(f"blocks.{layer}.attn.hook_pattern", keep) for layer in set(layers)],
                stop_at_layer=max(layers) + 1,
            )
    return kept


def mean_stripe(
    model: Model, tokens: Int[Tensor, "batch pos"], first: int, back: int
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Average each head's attention from position q to position q - back.

    Args:
        model: The model to run.
        tokens: Sequences of equal length.
        first: The first query position that counts; the others follow it.
        back: How far before the query the attended position lies, at most `first`.

    Returns:
        The mean over query positions and sequences.
    """
    means = []
    for batch in forward_batches(tokens):
        # Entry i of this diagonal is the query position back + i.
        kept = read_patterns(
            model,
            batch,
            lambda pattern: pattern.diagonal(-back, dim1=-2, dim2=-1)[..., first - back :],
            range(model.cfg.n_layers),
        )
        stripes = torch.stack([kept[layer] for layer in range(model.cfg.n_layers)])
        means.append(stripes.cpu().double().mean(dim=-1))  # n_layers batch n_heads
    scores: np.ndarray = torch.cat(means, dim=1).mean(dim=1).numpy()
    return scores


def compute_induction_scores(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Score how much each head attends to the token that followed the current one last time.

    With A the attention pattern, query by key, and L = seq_len:

        score = mean over samples and over q = L, ..., 2L - 1 of A[q, q - L + 1]

    Position q - L holds the current token's first occurrence, q - L + 1 what came after it.

    Args:
        model: The model whose heads to score.
        seq_len: Length L of one half of the repeated sequences.
        n_samples: Number of sequences; sequence i is drawn with seed i.

    Returns:
        Scores from 0 to 1.

    Raises:
        ValueError: If `seq_len` or `n_samples` is less than 1.
    """
    require_at_least(1, seq_len=seq_len, n_samples=n_samples)
    sequences = [create_repeated_sequence(seq_len, seed=sample) for sample in range(n_samples)]
    return mean_stripe(model, torch.cat(sequences), first=seq_len, back=seq_len - 1)


def compute_prev_token_scores(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Score how much each head attends to the position before the current one.

    With A the attention pattern, query by key:

        score = mean over samples and over q = 1, ..., seq_len - 1 of A[q, q - 1]

    The tokens are random and not repeated, drawn from torch's global generator without a seed of
    their own: two calls differ a little unless the caller seeds both.

    Args:
        model: The model whose heads to score.
        seq_len: Length of the sequences.
        n_samples: Number of sequences.

    Returns:
        Scores from 0 to 1.

    Raises:
        ValueError: If `seq_len` is less than 2 or `n_samples` less than 1.
    """
    require_at_least(2, seq_len=seq_len)
    require_at_least(1, n_samples=n_samples)
    sequences = [torch.randint(1000, 10000, (1, seq_len)) for _ in range(n_samples)]
    return mean_stripe(model, torch.cat(sequences), first=1, back=1)
