"""Challenge: finds the checkpoint at which induction heads form.

Olsson et al. (2022), In-context Learning and Induction Heads, see them form in one abrupt phase
change early in training.
"""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float

from reference.induction_heads.arguments import Model, require_model
from reference.induction_heads.heads import STRONG_INDUCTION
from reference.induction_heads.scores import compute_induction_scores

AXES = ("n_layers", "n_heads", "d_model", "d_head", "d_vocab")
"""Sizes that all checkpoints of one model share."""


def induction_formation(
    checkpoints: Iterable[Model], seq_len: int = 25, n_samples: int = 4
) -> tuple[Float[np.ndarray, " n_checkpoints"], int]:
    """Follow the best induction head through training and find where it forms.

    Induction heads have formed at the first checkpoint whose best score reaches half of the
    highest best score over all checkpoints. If that highest one is 0.15 or less, no checkpoint has
    a strong induction head and none has formed.

    Args:
        checkpoints: The model at several moments of its training, in order; a generator is
            advanced one checkpoint at a time.
        seq_len: Length of one half of the repeated sequences.
        n_samples: Number of sequences for each checkpoint.

    Returns:
        The best induction score of each checkpoint, and the index of the checkpoint of formation,
        or -1 if there is none.

    Raises:
        ValueError: If there are no checkpoints, they are not of one shape, or where
            `compute_induction_scores` does.
    """
    best = best_scores(checkpoints, seq_len, n_samples)
    if best.max() <= STRONG_INDUCTION:
        return best, -1
    return best, int(np.argmax(best >= best.max() / 2))


def best_scores(
    checkpoints: Iterable[Model], seq_len: int, n_samples: int
) -> Float[np.ndarray, " n_checkpoints"]:
    """Measure the best induction score of each checkpoint.

    Args:
        checkpoints: The model at several moments of its training, in order.
        seq_len: Length of one half of the repeated sequences.
        n_samples: Number of sequences for each checkpoint.

    Returns:
        The scores, from 0 to 1.

    Raises:
        ValueError: If there are no checkpoints, they are not of one shape, or where
            `compute_induction_scores` does.
    """
    scores, shapes = [], []
    for number, model in enumerate(checkpoints):
        require_model(model)
        shapes.append({axis: getattr(model.cfg, axis) for axis in AXES})
        if shapes[-1] != shapes[0]:
            raise ValueError(
                f"checkpoints must all be of one shape: the first has {shapes[0]},"
                f" number {number} has {shapes[-1]}"
            )
        scores.append(compute_induction_scores(model, seq_len, n_samples).max())
    if not scores:
        raise ValueError("checkpoints must hold at least 1 model, got none")
    return np.array(scores)
