"""One matrix of a picture: drawn, and described so that its entries can be read one by one."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from grader.charts.model import Matrix

HEADS = ("layer", "head")
SCALE = "scale"
"""How images begin to be called that show no matrix but what its colours mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A matrix, what it is called and what its axes are."""

    name: str
    axes: tuple[str, str]
    values: Matrix

    @property
    def array(self) -> NDArray[np.float64]:
        """Its numbers; NaN where there are none."""
        return np.array(self.values, dtype=np.float64)


class Scale(NamedTuple):
    """Which colours stand for which numbers."""

    colours: str
    """A colour map's name."""
    low: float
    """The number that its first colour stands for."""
    high: float

    def draw(
        self,
        axes: Axes,
        numbers: NDArray[np.float64],
        *,
        origin: Literal["upper", "lower"] = "upper",
        extent: tuple[float, float, float, float] | None = None,
    ) -> AxesImage:
        """A square of colour a number, from corner to corner."""
        return axes.imshow(
            numbers, cmap=self.colours, vmin=self.low, vmax=self.high,
            interpolation="none", aspect="auto", origin=origin, extent=extent,
        )  # fmt: skip


def show(axes: Axes, panel: Panel, scale: Scale, *, rows: bool = True) -> None:
    """Draw a panel: rows downwards.

    Args:
        axes: Where to.
        panel: What.
        scale: In which colours.
        rows: Whether rows are numbered; they may be in the panel beside it.
    """
    scale.draw(axes, panel.array)
    axes.set_title(panel.name)
    axes.set_xlabel(panel.axes[1])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    if rows:
        axes.set_ylabel(panel.axes[0])
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    else:
        axes.set_yticks([])


def limits(*arrays: NDArray[np.float64]) -> tuple[float, float]:
    """One scale for several matrices: from the smallest to the largest number, or nought to it."""
    numbers = np.concatenate([array[np.isfinite(array)] for array in arrays])
    if not numbers.size:
        return 0.0, 1.0
    low, high = float(numbers.min()), float(numbers.max())
    low = min(low, 0.0) if low >= 0 or high <= 0 else low
    return (low, high) if high > low else (low, low + 1.0)
