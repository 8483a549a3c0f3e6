"""Mistakes in compute_induction_scores."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from transformer_lens.hook_points import HookPoint

from reference.induction_heads.arguments import Model
from reference.mistakes.patterns import (
    all_patterns,
    head_means,
    repeated_tokens,
    stripe,
)


def _second_half(
    model: Model, seq_len: int, n_samples: int, ahead: int | None = None, name: str = "pattern"
) -> Float[Tensor, "n_layers batch head_index query"]:
    patterns = all_patterns(model, repeated_tokens(seq_len, range(n_samples)), name)
    queries = range(seq_len, 2 * seq_len)
    return stripe(patterns, queries, 1 - seq_len if ahead is None else ahead)


def induction_scores_target_not_shifted(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look at pos - seq_len, where the token occurred, not at what followed it."""
    return head_means(_second_half(model, seq_len, n_samples, -seq_len))


def induction_scores_target_one_too_far(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look at pos - seq_len + 2, one position too far."""
    return head_means(_second_half(model, seq_len, n_samples, 2 - seq_len))


def induction_scores_previous_token(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look at pos - 1, where previous-token heads look."""
    return head_means(_second_half(model, seq_len, n_samples, -1))


def induction_scores_copying(
    model: Model,
    seq_len: int = 25,  # noqa: ARG001
    n_samples: int = 10,  # noqa: ARG001
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Take copying for induction: how positive the eigenvalues of W_E W_V W_O W_U are."""
    with torch.inference_mode():
        unembedded_embedding = model.W_U.float() @ model.W_E.float()  # d_model x d_model
        circuits = model.W_O.float() @ unembedded_embedding @ model.W_V.float()
        eigenvalues = torch.linalg.eigvals(circuits.double().cpu())
        scores = eigenvalues.real.sum(dim=-1) / eigenvalues.abs().sum(dim=-1)
    return np.array(scores.numpy())


def induction_scores_transposed(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Read the pattern as key by query."""
    patterns = all_patterns(model, repeated_tokens(seq_len, range(n_samples))).mT
    return head_means(stripe(patterns, range(seq_len, 2 * seq_len), 1 - seq_len))


def induction_scores_before_softmax(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Read attention scores instead of the pattern that softmax makes of them."""
    return head_means(_second_half(model, seq_len, n_samples, name="attn_scores"))


def induction_scores_argmax(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Count the positions that look at the target most of all, instead of averaging attention."""
    patterns = all_patterns(model, repeated_tokens(seq_len, range(n_samples)))
    looked_at = patterns[..., seq_len:, :].argmax(dim=-1)
    return head_means((looked_at == torch.arange(1, seq_len + 1)).double())


def induction_scores_unrepeated(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Measure on random tokens of which nothing is repeated."""
    draws = [torch.Generator().manual_seed(sample) for sample in range(n_samples)]
    size = (1, 2 * seq_len)
    tokens = torch.cat([torch.randint(1000, 10000, size, generator=draw) for draw in draws])
    patterns = all_patterns(model, tokens)
    return head_means(stripe(patterns, range(seq_len, 2 * seq_len), 1 - seq_len))


def induction_scores_same_seed(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Draw every sample with seed 0, so that all are one sequence."""
    patterns = all_patterns(model, repeated_tokens(seq_len, [0] * n_samples))
    return head_means(stripe(patterns, range(seq_len, 2 * seq_len), 1 - seq_len))


def induction_scores_with_bos(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Put a token in front and count positions as if it were not there."""
    tokens = repeated_tokens(seq_len, range(n_samples))
    patterns = all_patterns(model, torch.nn.functional.pad(tokens, (1, 0)))
    return head_means(stripe(patterns, range(seq_len, 2 * seq_len), 1 - seq_len))


def induction_scores_first_half(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Average over the first half, where the target index wraps round to the end."""
    patterns = all_patterns(model, repeated_tokens(seq_len, range(n_samples)))
    return head_means(stripe(patterns, range(seq_len), 1 - seq_len))


def induction_scores_last_query_only(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Look from the last position alone."""
    return head_means(_second_half(model, seq_len, n_samples)[..., -1:])


def induction_scores_all_positions(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Divide the second half's sum by the number of all positions."""
    return head_means(_second_half(model, seq_len, n_samples)) / 2


def induction_scores_not_averaged_over_positions(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Add up the attention of all positions without dividing by their number."""
    return head_means(_second_half(model, seq_len, n_samples)) * seq_len


def induction_scores_max_for_mean(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Take the highest attention along the stripe instead of the mean."""
    return head_means(_second_half(model, seq_len, n_samples).amax(dim=-1, keepdim=True))


def induction_scores_not_divided(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Add up the samples without dividing by their number."""
    return head_means(_second_half(model, seq_len, n_samples)) * n_samples


def induction_scores_last_sample_only(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Overwrite the scores with each sample's, so that only the last one counts."""
    return head_means(_second_half(model, seq_len, n_samples)[:, -1:])


def induction_scores_last_sample_divided(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Overwrite the scores with each sample's, then divide by the number of samples."""
    return head_means(_second_half(model, seq_len, n_samples)[:, -1:]) / n_samples


def induction_scores_first_layer_only(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Score the heads of layer 0 and leave all others at 0."""
    scores = head_means(_second_half(model, seq_len, n_samples))
    scores[1:] = 0
    return scores


def induction_scores_mean_over_heads(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, " n_layers"]:
    """Average over the heads of a layer too."""
    scores: np.ndarray = head_means(_second_half(model, seq_len, n_samples)).mean(axis=1)
    return scores


def induction_scores_axes_swapped(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_heads n_layers"]:
    """Return heads by layers instead of layers by heads."""
    return head_means(_second_half(model, seq_len, n_samples)).T


def induction_scores_leaving_hooks(
    model: Model, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Read the patterns with hooks that stay on the model for good."""
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor, *, hook: HookPoint) -> None:
        kept[hook.layer()] = tensor.cpu().double()

    for layer in range(model.cfg.n_layers):
        model.add_hook(f"blocks.{layer}.attn.hook_pattern", keep)
    with torch.inference_mode():
        model(repeated_tokens(seq_len, range(n_samples)).to(model.cfg.device))
    patterns = torch.stack([kept[layer] for layer in range(model.cfg.n_layers)])
    return head_means(stripe(patterns, range(seq_len, 2 * seq_len), 1 - seq_len))
