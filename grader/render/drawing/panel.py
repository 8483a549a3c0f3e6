"""One matrix of a picture: drawn, and described so that its entries can be read one by one."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from grader.pictures.picture import Matrix

HEADS = ("layer", "head")


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


def show(axes: Axes, panel: Panel, *, colours: str, low: float, high: float) -> AxesImage:
    """Draw a panel: rows downwards, one square of colour an entry.

    Args:
        axes: Where to.
        panel: What.
        colours: A colour map's name.
        low: The number that its first colour stands for.
        high: And its last.
    """
    image = axes.imshow(
        panel.array, interpolation="none", cmap=colours, vmin=low, vmax=high, aspect="auto"
    )
    axes.set_title(panel.name)
    axes.set_xlabel(panel.axes[1])
    axes.set_ylabel(panel.axes[0])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    return image


def limits(*arrays: NDArray[np.float64]) -> tuple[float, float]:
    """One scale for several matrices: from the smallest to the largest number, or nought to it."""
    numbers = np.concatenate([array[np.isfinite(array)] for array in arrays])
    if not numbers.size:
        return 0.0, 1.0
    low, high = float(numbers.min()), float(numbers.max())
    low = min(low, 0.0) if low >= 0 or high <= 0 else low
    return (low, high) if high > low else (low, low + 1.0)
