"""Computes the scores in loops, as students do: a full cache per sample, one number at a time.

The printed lab does the same; the reference's speed is measured against it.
"""

import numpy as np
import torch
from jaxtyping import Float
from transformer_lens import HookedTransformer

from reference.induction_heads import create_repeated_sequence


def induction_scores_in_loops(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Score every head for induction, position by position."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for sample in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=sample).to(model.cfg.device)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0]
            for head in range(model.cfg.n_heads):
                attention = [
                    pattern[head, pos, pos - seq_len + 1].item()
                    for pos in range(seq_len, 2 * seq_len)
                ]
                scores[layer, head] += sum(attention) / len(attention)
    return scores / n_samples


def prev_token_scores_in_loops(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> Float[np.ndarray, "n_layers n_heads"]:
    """Score every head for attention to the previous token, position by position."""
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for _ in range(n_samples):
        tokens = torch.randint(1000, 10000, (1, seq_len)).to(model.cfg.device)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0]
            for head in range(model.cfg.n_heads):
                attention = [pattern[head, pos, pos - 1].item() for pos in range(1, seq_len)]
                scores[layer, head] += sum(attention) / len(attention)
    return scores / n_samples
