"""Lists the best heads by a score.

The thresholds are the lab's conventions for the prefix-matching score of Olsson et al. (2022),
In-context Learning and Induction Heads; the paper defines no sharp threshold.
"""

import numpy as np
from jaxtyping import Float

from reference.induction_heads.arguments import require_at_least

STRONG_INDUCTION = 0.15
"""Threshold of the induction score above which a head is a strong induction head."""

STRONG_PREV_TOKEN = 0.3
"""Threshold of the previous-token score above which an early head is a previous-token head."""

EARLY_LAYERS = 4
"""Layers below this one count as early for previous-token heads."""


def top_heads(
    scores: Float[np.ndarray, "n_layers n_heads"],
    above: float,
    below_layer: int | None = None,
    among: int = 10,
) -> list[tuple[int, int, float]]:
    """List the heads with the highest scores, best first.

    The order of the conditions matters: the `among` best heads of all layers are selected first,
    and heads that fail a condition are then dropped without replacement.

    Args:
        scores: The score of each head.
        above: A head's score must be greater than this.
        below_layer: A head's layer must be less than this; None allows every layer.
        among: Number of best heads to consider.

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
