"""Mistakes in induction_formation."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from reference.induction_heads.arguments import Model
from reference.induction_heads.formation import best_scores
from reference.induction_heads.heads import STRONG_INDUCTION
from reference.induction_heads.scores import compute_induction_scores

Formation = tuple[Float[np.ndarray, " n_checkpoints"], int]


def formation_above_threshold(
    checkpoints: Sequence[Model], seq_len: int = 25, n_samples: int = 4
) -> Formation:
    """Take the first checkpoint over 0.15, however high the run goes on to climb."""
    best = best_scores(checkpoints, seq_len, n_samples)
    strong = best > STRONG_INDUCTION
    return best, int(np.argmax(strong)) if strong.any() else -1


def formation_at_maximum(
    checkpoints: Sequence[Model], seq_len: int = 25, n_samples: int = 4
) -> Formation:
    """Take the checkpoint with the highest score."""
    best = best_scores(checkpoints, seq_len, n_samples)
    return best, int(np.argmax(best))


def formation_always(
    checkpoints: Sequence[Model], seq_len: int = 25, n_samples: int = 4
) -> Formation:
    """Find a checkpoint of formation in a run that has none."""
    best = best_scores(checkpoints, seq_len, n_samples)
    return best, int(np.argmax(best >= best.max() / 2))


def formation_of_mean(
    checkpoints: Sequence[Model], seq_len: int = 25, n_samples: int = 4
) -> Formation:
    """Average the scores of a checkpoint's heads instead of taking the best."""
    mean = np.array(
        [compute_induction_scores(model, seq_len, n_samples).mean() for model in checkpoints]
    )
    if mean.max() <= STRONG_INDUCTION:
        return mean, -1
    return mean, int(np.argmax(mean >= mean.max() / 2))
