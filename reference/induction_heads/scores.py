"""Scores that identify induction heads and previous-token heads by their attention patterns.

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

from reference.induction_heads.arguments import (
    FIRST_TOKEN,
    TOKEN_END,
    Model,
    require_at_least,
    require_hooks,
    require_sequences_fit,
)
from reference.induction_heads.forward import exact_inference, forward_batches, to_device
from reference.induction_heads.sequences import repeated_sequences


def read_patterns(
    model: Model,
    tokens: Int[Tensor, "batch pos"],
    read: Callable[[Tensor], Tensor],
    layers: Sequence[int],
) -> dict[int, Tensor]:
    """Run the model once and return a part of the attention patterns of some layers.

    Nothing is computed after the last of these layers, and no pattern outlives its layer.

    Args:
        model: The model to run.
        tokens: The sequences to run it on.
        read: Takes a layer's pattern [batch head_index query_pos key_pos] and returns the part.
        layers: The layers to read.

    Returns:
        The part that `read` returned for each layer, copied to the model's device.

    Raises:
        ValueError: If the model's patterns cannot be read.
    """
    require_hooks(model, layers, "hook_pattern")
    parts: dict[int, Tensor] = {}

    def store(pattern: Tensor, hook: HookPoint) -> None:
        parts[hook.layer()] = read(pattern).to(model.cfg.device, copy=True)

    if layers:
        with exact_inference():
            model.run_with_hooks(
                to_device(tokens, model),
                fwd_hooks=[(f"blocks.{layer}.attn.hook_pattern", store) for layer in set(layers)],
                stop_at_layer=max(layers) + 1,
            )
    return parts


def mean_stripe(
    model: Model, tokens: Int[Tensor, "batch pos"], first: int, back: int
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Average each head's attention from position q to position q - back.

    Args:
        model: The model to run.
        tokens: Sequences of equal length.
        first: The first query position that counts; all later ones count too.
        back: Distance of the attended position before the query, at most `first`.

    Returns:
        The mean over query positions and sequences.
    """
    layers = range(model.cfg.n_layers)
    sums = []
    for batch in forward_batches(model, tokens):
        # Entry i of this diagonal belongs to query position back + i.
        parts = read_patterns(
            model,
            batch,
            lambda pattern: (
                pattern.diagonal(-back, dim1=-2, dim2=-1)[..., first - back :]
                .double()
                .sum(dim=(0, 2))
            ),
            layers,
        )
        sums.append(torch.stack([parts[layer] for layer in layers]))
    n_targets = tokens.shape[0] * (tokens.shape[1] - first)
    scores: np.ndarray = (torch.stack(sums).sum(dim=0) / n_targets).cpu().numpy()
    return scores


def compute_induction_scores(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Score how much each head attends to the token that followed the current one last time.

    With A the attention pattern, query by key, and L = seq_len:

        score = mean over samples and over q = L, ..., 2L - 1 of A[q, q - L + 1]

    Position q - L holds the current token's first occurrence, q - L + 1 the token after it.

    Args:
        model: The model whose heads to score.
        seq_len: Length L of one half of the repeated sequences.
        n_samples: Number of sequences; sequence i is drawn with seed i.

    Returns:
        Scores from 0 to 1.

    Raises:
        ValueError: If `seq_len` or `n_samples` is less than 1, the sequences do not fit the
            model's `n_ctx` or `d_vocab`, or its patterns cannot be read.
    """
    require_at_least(1, seq_len=seq_len, n_samples=n_samples)
    tokens = repeated_sequences(model, seq_len, n_samples)
    return mean_stripe(model, tokens, first=seq_len, back=seq_len - 1)


def compute_prev_token_scores(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Score how much each head attends to the position before the current one.

    With A the attention pattern, query by key:

        score = mean over samples and over q = 1, ..., seq_len - 1 of A[q, q - 1]

    The tokens are random and not repeated, and drawn from torch's global generator, so that two
    calls differ slightly unless the caller seeds the generator before each.

    Args:
        model: The model whose heads to score.
        seq_len: Length of the sequences.
        n_samples: Number of sequences.

    Returns:
        Scores from 0 to 1.

    Raises:
        ValueError: If `seq_len` is less than 2, `n_samples` less than 1, the sequences do not fit
            the model's `n_ctx` or `d_vocab`, or its patterns cannot be read.
    """
    require_at_least(2, seq_len=seq_len)
    require_at_least(1, n_samples=n_samples)
    require_sequences_fit(model, seq_len, seq_len)
    sequences = [torch.randint(FIRST_TOKEN, TOKEN_END, (1, seq_len)) for _ in range(n_samples)]
    return mean_stripe(model, torch.cat(sequences), first=1, back=1)
