"""Which induction heads read what which previous-token heads write."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from grader.models import Head
from reference.induction_heads import Model, compute_compositions

Array = Float[np.ndarray, "source_layer source_head target_layer target_head"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """K-, Q- and V-composition, averaged over pairs of an earlier and a later head."""

    k: float | None
    q: float | None
    v: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compositions:
    """The K-composition of each previous-token head with each induction head."""

    sources: tuple[Head, ...]
    targets: tuple[Head, ...]
    k: Float[np.ndarray, "source target"]
    circuit: Means
    """Over the pairs of this table, None where there are none."""
    model: Means
    """Over all pairs of the model."""


def measure_compositions(
    model: Model, sources: tuple[Head, ...], targets: tuple[Head, ...]
) -> Compositions:
    """Compare the composition of some heads with that of all.

    Args:
        model: The model.
        sources: The heads that write.
        targets: The heads that read.
    """
    k, q, v = (compute_compositions(model, kind) for kind in ("K", "Q", "V"))
    earlier = _earlier(model.cfg.n_layers, model.cfg.n_heads)
    chosen = np.zeros_like(earlier)
    for source in sources:
        for target in targets:
            chosen[(*source, *target)] = earlier[(*source, *target)]
    table = [[k[(*source, *target)] for target in targets] for source in sources]
    return Compositions(
        sources=sources,
        targets=targets,
        k=np.array(table, dtype=float).reshape(len(sources), len(targets)),
        circuit=Means(k=_mean(k, chosen), q=_mean(q, chosen), v=_mean(v, chosen)),
        model=Means(k=_mean(k, earlier), q=_mean(q, earlier), v=_mean(v, earlier)),
    )


def _earlier(
    n_layers: int, n_heads: int
) -> Bool[np.ndarray, "source_layer source_head target_layer target_head"]:
    """Whether a pair's source lies in an earlier layer than its target."""
    layers = np.arange(n_layers)
    earlier = layers[:, None, None, None] < layers[None, None, :, None]
    return np.broadcast_to(earlier, (n_layers, n_heads, n_layers, n_heads)).copy()


def _mean(
    ratios: Array, pairs: Bool[np.ndarray, "source_layer source_head target_layer target_head"]
) -> float | None:
    return float(ratios[pairs].mean()) if pairs.any() else None
