"""Lists of heads: the best by a score, and whether a head is one of the model's.

The thresholds are conventions of the lab for the prefix-matching score of Olsson et al. (2022),
In-context Learning and Induction Heads; the paper draws no sharp line either.
"""

import numpy as np
from jaxtyping import Float

from reference.induction_heads.sequences import Model

STRONG_INDUCTION = 0.15
"""An induction score above this makes a strong induction head."""

STRONG_PREV_TOKEN = 0.3
"""A previous-token score above this, in an early layer, makes a previous-token head."""

EARLY_LAYERS = 4
"""Previous-token heads are looked for in the layers below this one."""


def require_head(model: Model, layer: int, head: int, role: str = "") -> None:
    """Check that the model has a head.

    Args:
        model: The model.
        layer: The head's layer, counted from 0.
        head: The head's number in its layer, counted from 0.
        role: Put before "layer" and "head" in the message, as in "source_layer".

    Raises:
        ValueError: If there is no such layer or head.
    """
    for name, value, count in (
        (f"{role}layer", layer, model.cfg.n_layers),
        (f"{role}head", head, model.cfg.n_heads),
    ):
        if not 0 <= value < count:
            raise ValueError(f"{name} must be from 0 to {count - 1} for this model, got {value}")


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
        ValueError: If `among` is negative.
    """
    if among < 0:
        raise ValueError(f"among must be at least 0, got {among}")
    best = np.argsort(-scores, axis=None, kind="stable")[:among]
    layers, heads = np.unravel_index(best, scores.shape)
    return [
        (int(layer), int(head), float(scores[layer, head]))
        for layer, head in zip(layers, heads, strict=True)
        if scores[layer, head] > above and (below_layer is None or layer < below_layer)
    ]
