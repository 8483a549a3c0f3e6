"""The matrices that figures draw: from plotly's data, from matplotlib's images."""

import base64
import binascii
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

PLOTLY_MIME = "application/vnd.plotly.v1+json"
MAX_HEATMAPS = 32
MAX_CELLS = 2**15
_TRACES = frozenset({"heatmap", "image", "contour"})


def heatmaps_of_figure(thing: Any) -> list[NDArray[np.float64]] | None:
    """The heatmaps of a plotly or matplotlib figure; None when it is neither."""
    if _is_instance(thing, "plotly.basedatatypes", "BaseFigure"):
        return _matrices(getattr(trace, "z", None) for trace in thing.data)
    if _is_instance(thing, "matplotlib.figure", "Figure"):
        return _matplotlib(thing.axes)
    if _is_instance(thing, "matplotlib.axes", "Axes"):
        return _matplotlib([thing])
    return None


def heatmaps_of_output(bundle: Any) -> list[NDArray[np.float64]]:
    """The heatmaps in a plotly figure as a notebook displays it: JSON, arrays in base64."""
    traces = bundle.get("data") if isinstance(bundle, dict) else None
    if not isinstance(traces, list):
        return []
    chosen = [t for t in traces[:MAX_HEATMAPS] if isinstance(t, dict) and t.get("type") in _TRACES]
    return _matrices(_decoded(trace.get("z")) for trace in chosen)


def _is_instance(thing: Any, module: str, name: str) -> bool:
    """Whether it is of a library's class, without importing the library."""
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(thing, kind)


def _matplotlib(axes: Iterable[Any]) -> list[NDArray[np.float64]]:
    found: list[Any] = []
    for ax in axes:
        found += [image.get_array() for image in ax.images]
        found += [mesh.get_array() for mesh in ax.collections if hasattr(mesh, "get_coordinates")]
    return _matrices(found)


def _decoded(z: Any) -> Any:
    """Plotly's typed arrays: {"dtype": "f8", "bdata": base64, "shape": "12, 12"}."""
    if not isinstance(z, dict):
        return z
    try:
        flat = np.frombuffer(
            base64.b64decode(z["bdata"], validate=True), dtype=np.dtype(z["dtype"])
        )
        return flat.reshape([int(n) for n in str(z["shape"]).split(",")])
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None


def _matrices(candidates: Iterable[Any]) -> list[NDArray[np.float64]]:
    found = []
    for candidate in candidates:
        try:
            array = np.asarray(candidate, dtype=np.float64)
        except (TypeError, ValueError):
            continue
        if array.ndim == 2 and 0 < array.size <= MAX_CELLS:  # noqa: PLR2004 (a matrix)
            found.append(array)
    return found[:MAX_HEATMAPS]
