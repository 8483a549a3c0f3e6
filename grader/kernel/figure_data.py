"""Extracts the matrices drawn by plotly and matplotlib figures."""

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
"""MIME type under which the kernel displays the data of a matplotlib figure beside its image."""
MAX_HEATMAPS = 32
MAX_CELLS = 2**15
_TRACE_TYPES = ("heatmap", "image", "contour")
_DTYPES = frozenset({"i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"})
_displayed: WeakKeyDictionary[Any, set[bytes]] = WeakKeyDictionary()
"""Data that each matplotlib figure has already displayed."""


def heatmaps_of_figure(thing: Any) -> list[NDArray[np.float64]] | None:
    """Return the heatmaps of a plotly or matplotlib figure; None for any other object."""
    if _is_instance(thing, "plotly.basedatatypes", "BaseFigure"):
        return _matrices(getattr(trace, "z", None) for trace in thing.data)
    if _is_instance(thing, "matplotlib.figure", "Figure"):
        return _matplotlib_heatmaps(thing.axes)
    if _is_instance(thing, "matplotlib.axes", "Axes"):
        return _matplotlib_heatmaps([thing])
    return None


def heatmaps_of_output(data: Any) -> list[NDArray[np.float64]]:
    """Return the heatmaps in the MIME bundle of a cell output; anything malformed is dropped."""
    if not isinstance(data, dict):
        return []
    bundles = [data.get(PLOTLY_MIME)]
    if any(str(mime).startswith(("image/", "application/pdf")) for mime in data):
        bundles.append(data.get(MATPLOTLIB_MIME))
    lists = [bundle.get("data") for bundle in bundles if isinstance(bundle, dict)]
    traces = [trace for known in lists if isinstance(known, list) for trace in known[:MAX_HEATMAPS]]
    chosen = [t for t in traces if isinstance(t, dict) and t.get("type") in _TRACE_TYPES]
    return _matrices(_decode_array(trace.get("z")) for trace in chosen)


def matplotlib_mime_data(figure: Any) -> dict[str, Any] | None:
    """Return a matplotlib figure's heatmaps in plotly's format; None if it draws none.

    A figure that is displayed a second time unchanged, as happens when a cell ends with it, gives
    None as well.
    """
    try:
        heatmaps = _matplotlib_heatmaps(figure.axes)
        content = b"".join(array.tobytes() for array in heatmaps)
        before = _displayed.setdefault(figure, set())
    except Exception:  # noqa: BLE001 (a student may break a figure; the cell goes on)
        return None
    if not heatmaps or content in before:
        return None
    before.add(content)
    traces = [{"type": "heatmap", "z": _encode_array(array)} for array in heatmaps]
    return {MATPLOTLIB_MIME: {"data": traces}}


def _is_instance(thing: Any, module: str, name: str) -> bool:
    """Check for an instance of a library's class without importing the library."""
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(thing, kind)


def _matplotlib_heatmaps(axes: Iterable[Any]) -> list[NDArray[np.float64]]:
    """Return the images and meshes of all axes, without those that draw a colour bar."""
    meshes: list[tuple[Any, Any]] = []
    for ax in axes:
        meshes += [(ax, image) for image in ax.images]
        meshes += [(ax, mesh) for mesh in ax.collections if hasattr(mesh, "get_coordinates")]
    bars = [mesh.colorbar.ax for _, mesh in meshes if getattr(mesh, "colorbar", None)]
    return _matrices(mesh.get_array() for ax, mesh in meshes if ax not in bars)


def _encode_array(array: NDArray[np.float64]) -> dict[str, str]:
    return {
        "dtype": "f8",
        "bdata": base64.b64encode(array.astype("<f8").tobytes()).decode(),
        "shape": ", ".join(map(str, array.shape)),
    }


def _decode_array(z: Any) -> Any:
    """Decode plotly's typed arrays: {"dtype": "f8", "bdata": base64, "shape": "12, 12"}."""
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
    """Return the candidates that are matrices of numbers and not too large."""
    matrices = []
    for candidate in candidates:
        try:
            array = np.ma.filled(np.ma.asarray(candidate, dtype=np.float64), np.nan)
        except (TypeError, ValueError, OverflowError):
            continue
        if array.ndim == 2 and 0 < array.size <= MAX_CELLS:  # noqa: PLR2004 (a matrix)
            matrices.append(array)
    return matrices[:MAX_HEATMAPS]
