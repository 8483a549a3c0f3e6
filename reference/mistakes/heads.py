"""Mistakes in top_induction_heads and top_prev_heads: lists of heads chosen by something else."""

import math

import numpy as np
from jaxtyping import Float

from reference.induction_heads.arguments import Model
from reference.induction_heads.heads import top_heads
from reference.mistakes.scores import induction_scores_copying


def heads_of_layer(
    scores: Float[np.ndarray, "n_layers n_heads"], layer: int
) -> list[tuple[int, int, float]]:
    """Take all heads of one layer, best first, whatever their scores."""
    best = np.argsort(-scores[layer], kind="stable")
    return [(layer, int(head), float(scores[layer, head])) for head in best]


def heads_by_copying(model: Model) -> list[tuple[int, int, float]]:
    """Take the ten heads that copy best, wherever they look."""
    return top_heads(induction_scores_copying(model), above=-math.inf)
