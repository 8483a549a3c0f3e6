"""Variants of induction_formation: other ways to the first checkpoint that reaches half."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from reference.induction_heads.arguments import Model
from reference.induction_heads.heads import STRONG_INDUCTION
from reference.induction_heads.scores import compute_induction_scores


def formation_loop(
    checkpoints: Sequence[Model], seq_len: int = 25, n_samples: int = 4
) -> tuple[list[float], int]:
    """Go through lists of numbers in loops."""
    scores = []
    for model in checkpoints:
        matrix = compute_induction_scores(model, seq_len, n_samples)
        scores.append(max(float(score) for row in matrix for score in row))
    if max(scores) > STRONG_INDUCTION:
        for index, score in enumerate(scores):
            if score >= 0.5 * max(scores):
                return scores, index
    return scores, -1


def formation_argmax(
    checkpoints: Sequence[Model], seq_len: int = 25, n_samples: int = 4
) -> tuple[Float[np.ndarray, " n_checkpoints"], int]:
    """Take the first true entry with argmax."""
    scores = np.zeros(len(checkpoints))
    for i, model in enumerate(checkpoints):
        scores[i] = np.max(compute_induction_scores(model, seq_len=seq_len, n_samples=n_samples))
    formed = (scores >= scores.max() / 2) & (scores.max() > STRONG_INDUCTION)
    return scores, int(formed.argmax()) if formed.any() else -1


def formation_nonzero(
    checkpoints: Sequence[Model], seq_len: int = 25, n_samples: int = 4
) -> tuple[Float[np.ndarray, " n_checkpoints"], int]:
    """Take the first of the positions that NumPy finds."""
    matrices = [compute_induction_scores(model, seq_len, n_samples) for model in checkpoints]
    scores = np.stack(matrices).max(axis=(1, 2))
    index = -1
    if scores.max() > STRONG_INDUCTION:
        index = int(np.where(scores / scores.max() >= 1 / 2)[0][0])
    return scores, index


def formation_next(
    checkpoints: Sequence[Model], seq_len: int = 25, n_samples: int = 4
) -> tuple[Float[np.ndarray, " n_checkpoints"], int]:
    """Ask a generator for the first checkpoint, with -1 if it has none."""
    best = [compute_induction_scores(model, seq_len, n_samples).max() for model in checkpoints]
    highest = max(best)
    threshold = highest / 2 if highest > STRONG_INDUCTION else np.inf
    return np.array(best), next((i for i, score in enumerate(best) if score >= threshold), -1)


def formation_torch(
    checkpoints: Sequence[Model], seq_len: int = 25, n_samples: int = 4
) -> tuple[Float[Tensor, " n_checkpoints"], int]:
    """Stay in torch, and return a tensor."""
    matrices = [compute_induction_scores(model, seq_len, n_samples) for model in checkpoints]
    scores = torch.tensor(np.array(matrices)).flatten(1).max(dim=1).values
    if scores.max() <= STRONG_INDUCTION:
        return scores, -1
    return scores, int((scores >= scores.max() / 2).nonzero()[0])
