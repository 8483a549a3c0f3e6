"""Attention patterns and their stripes, which mistakes in scores read in wrong ways."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from reference.induction_heads.arguments import Model
from reference.induction_heads.sequences import create_repeated_sequence


def all_patterns(
    model: Model, tokens: Int[Tensor, "batch pos"], name: str = "pattern"
) -> Float[Tensor, "n_layers batch head_index query_pos key_pos"]:
    """Return every layer's attention pattern, or another activation of its attention layer."""
    with torch.inference_mode():
        _, cache = model.run_with_cache(
            tokens.to(model.cfg.device), names_filter=lambda hook: hook.endswith(f"hook_{name}")
        )
    layers = [cache[name, layer] for layer in range(model.cfg.n_layers)]
    return torch.stack(layers).cpu().double()


def repeated_tokens(seq_len: int, seeds: Sequence[int]) -> Int[Tensor, "batch pos"]:
    """Return repeated sequences, one for each seed."""
    return torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in seeds])


def random_patterns(
    model: Model, seq_len: int, n_samples: int
) -> Float[Tensor, "n_layers batch head_index query_pos key_pos"]:
    """Return the patterns on random tokens."""
    sequences = [torch.randint(1000, 10000, (1, seq_len)) for _ in range(n_samples)]
    return all_patterns(model, torch.cat(sequences))


def stripe(
    patterns: Float[Tensor, "n_layers batch head_index query_pos key_pos"],
    queries: range,
    ahead: int,
) -> Float[Tensor, "n_layers batch head_index query"]:
    """Return the attention from each query to the position at this offset."""
    return patterns[..., list(queries), [query + ahead for query in queries]]


def head_means(
    attention: Float[Tensor, "n_layers batch head_index query"],
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Return each head's mean over samples and queries."""
    means: np.ndarray = attention.mean(dim=(1, 3)).numpy()
    return means
