"""Lists of heads: the best by a score.

The thresholds are conventions of the lab for the prefix-matching score of Olsson et al. (2022),
In-context Learning and Induction Heads; the paper draws no sharp line either.
"""

import numpy as np
from jaxtyping import Float

from reference.induction_heads.arguments import require_at_least

STRONG_INDUCTION = 0.15
"""An induction score above this makes a strong induction head."""

STRONG_PREV_TOKEN = 0.3
"""A previous-token score above this, in an early layer, makes a previous-token head."""

EARLY_LAYERS = 4
"""Previous-token heads are looked for in the layers below this one."""


def top_heads(
    scores: Float[np.ndarray, "n_layers n_heads"],
    above: float,
    below_layer: int | None = None,
    among: int = 10,
) -> list[tuple[int, int, float]]:
    """List the heads with the highest scores, best first.

    The order of the conditions matters: the `among` best are taken first, over all layers, and
    what fails a condition then drops out without a replacement.

    Args:
        scores: The score of each head.
        above: A head's score must be greater than this.
        below_layer: A head's layer must be less than this; None allows every layer.
        among: How many of the best heads are considered.

    Returns:
        Layer, head and score of each; equal scores in order of layer and head.

    Raises:
        ValueError: If `scores` is not a matrix, or `among` negative.
    """
    require_at_least(0, among=among)
    if scores.ndim != 2:  # noqa: PLR2004 (layers and heads)
        raise ValueError(f"scores must have shape [n_layers, n_heads], got {list(scores.shape)}")
    best = np.argsort(-scores, axis=None, kind="stable")[:among]
    layers, heads = np.unravel_index(best, scores.shape)
    return [
        (int(layer), int(head), float(scores[layer, head]))
        for layer, head in zip(layers, heads, strict=True)
        if scores[layer, head] > above and (below_layer is None or layer < below_layer)
    ]
