"""Mistakes in compute_induction_scores and compute_prev_token_scores."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from reference.induction_heads.arguments import Model
from reference.induction_heads.sequences import create_repeated_sequence


def _patterns(model: Model, tokens: Tensor) -> Tensor:
    with torch.inference_mode():
        _, cache = model.run_with_cache(
            tokens.to(model.cfg.device), names_filter=lambda name: name.endswith("hook_pattern")
        )
    layers = [cache["pattern", layer] for layer in range(model.cfg.n_layers)]
    return torch.stack(layers).cpu().double()  # n_layers batch head_index query_pos key_pos


def _stripe(patterns: Tensor, queries: range, ahead: int) -> Tensor:
    return patterns[..., list(queries), [query + ahead for query in queries]]


def _repeats(model: Model, seq_len: int, n_samples: int) -> Tensor:
    sequences = [create_repeated_sequence(seq_len, seed=sample) for sample in range(n_samples)]
    return _patterns(model, torch.cat(sequences))


def _second_half(model: Model, seq_len: int, n_samples: int, shift: int = 1) -> Tensor:
    patterns = _repeats(model, seq_len, n_samples)
    return _stripe(patterns, range(seq_len, 2 * seq_len), shift - seq_len)


def _random(model: Model, seq_len: int, n_samples: int) -> Tensor:
    sequences = [torch.randint(1000, 10000, (1, seq_len)) for _ in range(n_samples)]
    return _patterns(model, torch.cat(sequences))


def _mean(stripe: Tensor) -> Float[np.ndarray, "n_layers n_heads"]:
    scores: np.ndarray = stripe.mean(dim=(1, 3)).numpy()
    return scores


def induction_scores_target_not_shifted(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look at pos - seq_len, where the token occurred, not at what followed it."""
    return _mean(_second_half(model, seq_len, n_samples, shift=0))


def induction_scores_target_one_too_far(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look at pos - seq_len + 2, one position too far."""
    return _mean(_second_half(model, seq_len, n_samples, shift=2))


def induction_scores_transposed(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Read the pattern as key by query."""
    patterns = _repeats(model, seq_len, n_samples).mT
    return _mean(_stripe(patterns, range(seq_len, 2 * seq_len), 1 - seq_len))


def induction_scores_not_divided(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Add up the samples without dividing by their number."""
    return _mean(_second_half(model, seq_len, n_samples)) * n_samples


def induction_scores_last_sample_only(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Overwrite the scores with each sample's, so that only the last one counts."""
    return _mean(_second_half(model, seq_len, n_samples)[:, -1:])


def induction_scores_last_sample_divided(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Overwrite the scores with each sample's, then divide by the number of samples."""
    return _mean(_second_half(model, seq_len, n_samples)[:, -1:]) / n_samples


def induction_scores_first_half(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Average over the first half, where the target index wraps round to the end."""
    patterns = _repeats(model, seq_len, n_samples)
    return _mean(_stripe(patterns, range(seq_len), 1 - seq_len))


def induction_scores_all_positions(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Divide the second half's sum by the number of all positions."""
    return _mean(_second_half(model, seq_len, n_samples)) / 2


def induction_scores_max_for_mean(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Take the highest attention along the stripe instead of the mean."""
    return _mean(_second_half(model, seq_len, n_samples).amax(dim=-1, keepdim=True))


def induction_scores_axes_swapped(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_heads n_layers"]:
    """Return heads by layers instead of layers by heads."""
    return _mean(_second_half(model, seq_len, n_samples)).T


def prev_token_scores_self(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look at the current position instead of the one before."""
    return _mean(_stripe(_random(model, seq_len, n_samples), range(1, seq_len), 0))


def prev_token_scores_next(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look at the position after, as reading the pattern as key by query does."""
    return _mean(_stripe(_random(model, seq_len, n_samples), range(seq_len - 1), 1))


def prev_token_scores_two_back(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look two positions back."""
    return _mean(_stripe(_random(model, seq_len, n_samples), range(2, seq_len), -2))


def prev_token_scores_induction_offset(
    model: Model, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Keep the induction scores' offset, on sequences twice as long."""
    patterns = _random(model, 2 * seq_len, n_samples)
    return _mean(_stripe(patterns, range(seq_len, 2 * seq_len), 1 - seq_len))
