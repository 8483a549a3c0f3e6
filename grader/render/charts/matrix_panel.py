"""Draws one matrix of a chart, and describes it so that a page's script can read its entries."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from grader.charts.model import Matrix

HEAD_AXES = ("layer", "head")
"""Axes of a matrix whose entries are named like ``L5H1``."""
SCALE_ID = "scale"
"""Prefix of the element ids of colour bars, by which the page's script tells them from matrices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A matrix with its name and the names of its axes."""

    name: str
    axes: tuple[str, str]
    values: Matrix

    @property
    def array(self) -> NDArray[np.float64]:
        """The matrix as an array, with NaN for missing numbers."""
        return np.array(self.values, dtype=np.float64)


class ColourScale(NamedTuple):
    """A colour map and the range of numbers it covers."""

    colour_map: str
    """Name of a Matplotlib colour map."""
    low: float
    """Number that has the first colour."""
    high: float
    """Number that has the last colour."""

    def draw_image(
        self,
        axes: Axes,
        numbers: NDArray[np.float64],
        *,
        origin: Literal["upper", "lower"] = "upper",
        extent: tuple[float, float, float, float] | None = None,
    ) -> AxesImage:
        """Draw a coloured square for each number, filling the axes."""
        return axes.imshow(
            numbers, cmap=self.colour_map, vmin=self.low, vmax=self.high,
            interpolation="none", aspect="auto", origin=origin, extent=extent,
        )  # fmt: skip


def draw_panel(axes: Axes, panel: Panel, scale: ColourScale, *, rows: bool = True) -> None:
    """Draw a panel with rows downwards.

    Args:
        axes: The axes to draw into.
        panel: The matrix.
        scale: Its colours.
        rows: True to label the rows; the panel to the left may have the labels already.
    """
    scale.draw_image(axes, panel.array)
    axes.set_title(panel.name)
    axes.set_xlabel(panel.axes[1])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    if rows:
        axes.set_ylabel(panel.axes[0])
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    else:
        axes.set_yticks([])


def shared_limits(*arrays: NDArray[np.float64]) -> tuple[float, float]:
    """Return the smallest and largest number of several matrices.

    The range starts at zero unless the numbers lie on both sides of it.
    """
    numbers = np.concatenate([array[np.isfinite(array)] for array in arrays])
    if not numbers.size:
        return 0.0, 1.0
    low, high = float(numbers.min()), float(numbers.max())
    low = min(low, 0.0) if low >= 0 or high <= 0 else low
    return (low, high) if high > low else (low, low + 1.0)
