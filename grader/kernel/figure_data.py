"""The matrices that figures draw: from plotly's data, from matplotlib's images."""

import base64
import binascii
import sys
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

PLOTLY_MIME = "application/vnd.plotly.v1+json"
MATPLOTLIB_MIME = "application/vnd.induction-lab-grader.heatmaps+json"
"""The display type under which the kernel adds to matplotlib's image what it was drawn from."""
MAX_HEATMAPS = 32
MAX_CELLS = 2**15
_TRACES = ("heatmap", "image", "contour")
_DTYPES = frozenset({"i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"})
_displayed: WeakKeyDictionary[Any, set[bytes]] = WeakKeyDictionary()
"""What each matplotlib figure showed when it was displayed before."""


def heatmaps_of_figure(thing: Any) -> list[NDArray[np.float64]] | None:
    """The heatmaps of a plotly or matplotlib figure; None when it is neither."""
    if _is_instance(thing, "plotly.basedatatypes", "BaseFigure"):
        return _matrices(getattr(trace, "z", None) for trace in thing.data)
    if _is_instance(thing, "matplotlib.figure", "Figure"):
        return _matplotlib(thing.axes)
    if _is_instance(thing, "matplotlib.axes", "Axes"):
        return _matplotlib([thing])
    return None


def heatmaps_of_output(data: Any) -> list[NDArray[np.float64]]:
    """The heatmaps in what a notebook displays: JSON, arrays in base64; all else is dropped."""
    if not isinstance(data, dict):
        return []
    bundles = [data.get(PLOTLY_MIME)]
    if any(str(mime).startswith(("image/", "application/pdf")) for mime in data):
        bundles.append(data.get(MATPLOTLIB_MIME))
    lists = [bundle.get("data") for bundle in bundles if isinstance(bundle, dict)]
    traces = [trace for known in lists if isinstance(known, list) for trace in known[:MAX_HEATMAPS]]
    chosen = [t for t in traces if isinstance(t, dict) and t.get("type") in _TRACES]
    return _matrices(_decoded(trace.get("z")) for trace in chosen)


def matplotlib_bundle(figure: Any) -> dict[str, Any] | None:
    """What a matplotlib figure draws, the way plotly writes it; None where that is no heatmap.

    A figure that is displayed once more as it was, as happens to one that a cell ends with, has
    nothing new to show.
    """
    try:
        heatmaps = _matplotlib(figure.axes)
        content = b"".join(array.tobytes() for array in heatmaps)
        before = _displayed.setdefault(figure, set())
    except Exception:  # noqa: BLE001 (a figure is the student's to break; the cell goes on)
        return None
    if not heatmaps or content in before:
        return None
    before.add(content)
    traces = [{"type": "heatmap", "z": _encoded(array)} for array in heatmaps]
    return {MATPLOTLIB_MIME: {"data": traces}}


def _is_instance(thing: Any, module: str, name: str) -> bool:
    """Whether it is of a library's class, without importing the library."""
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(thing, kind)


def _matplotlib(axes: Iterable[Any]) -> list[NDArray[np.float64]]:
    """Images and meshes, axis by axis; the one that a colour bar is made of is none of them."""
    meshes: list[tuple[Any, Any]] = []
    for ax in axes:
        meshes += [(ax, image) for image in ax.images]
        meshes += [(ax, mesh) for mesh in ax.collections if hasattr(mesh, "get_coordinates")]
    bars = [mesh.colorbar.ax for _, mesh in meshes if getattr(mesh, "colorbar", None)]
    return _matrices(mesh.get_array() for ax, mesh in meshes if ax not in bars)


def _encoded(array: NDArray[np.float64]) -> dict[str, str]:
    return {
        "dtype": "f8",
        "bdata": base64.b64encode(array.astype("<f8").tobytes()).decode(),
        "shape": ", ".join(map(str, array.shape)),
    }


def _decoded(z: Any) -> Any:
    """Plotly's typed arrays: {"dtype": "f8", "bdata": base64, "shape": "12, 12"}."""
    if not isinstance(z, dict):
        return z
    try:
        if z["dtype"] not in _DTYPES:
            return None
        flat = np.frombuffer(base64.b64decode(z["bdata"], validate=True), dtype=f"<{z['dtype']}")
        return flat.reshape([int(n) for n in str(z["shape"]).split(",")])
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error):
        return None


def _matrices(candidates: Iterable[Any]) -> list[NDArray[np.float64]]:
    found = []
    for candidate in candidates:
        try:
            array = np.ma.filled(np.ma.asarray(candidate, dtype=np.float64), np.nan)
        except (TypeError, ValueError, OverflowError):
            continue
        if array.ndim == 2 and 0 < array.size <= MAX_CELLS:  # noqa: PLR2004 (a matrix)
            found.append(array)
    return found[:MAX_HEATMAPS]
