"""Mistakes in compute_prev_token_scores."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from reference.induction_heads.arguments import Model
from reference.mistakes.patterns import all_patterns, head_means, random_patterns, stripe


def _one_back(
    model: Model, seq_len: int, n_samples: int
) -> Float[Tensor, "n_layers batch head_index query"]:
    return stripe(random_patterns(model, seq_len, n_samples), range(1, seq_len), -1)


def prev_token_scores_self(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look at the current position instead of the one before."""
    return head_means(stripe(random_patterns(model, seq_len, n_samples), range(1, seq_len), 0))


def prev_token_scores_next(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look at the position after, as reading the pattern as key by query does."""
    return head_means(stripe(random_patterns(model, seq_len, n_samples), range(seq_len - 1), 1))


def prev_token_scores_two_back(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look two positions back."""
    return head_means(stripe(random_patterns(model, seq_len, n_samples), range(2, seq_len), -2))


def prev_token_scores_induction_offset(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Keep the induction scores' offset, on sequences twice as long."""
    patterns = random_patterns(model, 2 * seq_len, n_samples)
    return head_means(stripe(patterns, range(seq_len, 2 * seq_len), 1 - seq_len))


def prev_token_scores_before_softmax(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Read attention scores instead of the pattern that softmax makes of them."""
    sequences = [torch.randint(1000, 10000, (1, seq_len)) for _ in range(n_samples)]
    scores = all_patterns(model, torch.cat(sequences), "attn_scores")
    return head_means(stripe(scores, range(1, seq_len), -1))


def prev_token_scores_last_position_only(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look from the last position alone."""
    return head_means(_one_back(model, seq_len, n_samples)[..., -1:])


def prev_token_scores_max_for_mean(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Take the highest attention along the stripe instead of the mean."""
    return head_means(_one_back(model, seq_len, n_samples).amax(dim=-1, keepdim=True))


def prev_token_scores_not_averaged_over_positions(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Add up the attention of all positions without dividing by their number."""
    return head_means(_one_back(model, seq_len, n_samples)) * (seq_len - 1)


def prev_token_scores_position_zero_counted(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Divide by seq_len, as if position 0 had one before it."""
    return head_means(_one_back(model, seq_len, n_samples)) * (seq_len - 1) / seq_len


def prev_token_scores_not_divided(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Add up the samples without dividing by their number."""
    return head_means(_one_back(model, seq_len, n_samples)) * n_samples


def prev_token_scores_axes_swapped(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_heads n_layers"]:
    """Return heads by layers instead of layers by heads."""
    return head_means(_one_back(model, seq_len, n_samples)).T
