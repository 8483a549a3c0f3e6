"""Challenge: when in training induction heads form.

Olsson et al. (2022), In-context Learning and Induction Heads, see them form in one abrupt phase
change early in training.
"""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float

from reference.induction_heads.heads import STRONG_INDUCTION
from reference.induction_heads.scores import compute_induction_scores
from reference.induction_heads.sequences import Model


def induction_formation(
    checkpoints: Iterable[Model], seq_len: int = 25, n_samples: int = 4
) -> tuple[Float[np.ndarray, " n_checkpoints"], int]:
    """Follow the best induction head through training and find where it forms.

    Induction heads have formed at the first checkpoint whose best score reaches half of the
    highest best score over all checkpoints. If that highest one is 0.15 or less, no checkpoint has
    a strong induction head and none has formed.

    Args:
        checkpoints: The model at moments of its training, in order; one is held at a time.
        seq_len: Length of one half of the repeated sequences.
        n_samples: Number of sequences for each checkpoint.

    Returns:
        The best induction score of each checkpoint, and the index of the checkpoint of formation,
        or -1 if there is none.

    Raises:
        ValueError: If there are no checkpoints, or where `compute_induction_scores` does.
    """
    best = np.array(
        [compute_induction_scores(model, seq_len, n_samples).max() for model in checkpoints]
    )
    if best.size == 0:
        raise ValueError("checkpoints must hold at least 1 model, got none")
    if best.max() <= STRONG_INDUCTION:
        return best, -1
    return best, int(np.argmax(best >= best.max() / 2))
