"""A matrix beside the expected one and their difference, on one scale."""

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from grader.charts import Heatmap
from grader.charts.model import Entry
from grader.render.charts.matrix_panel import HEADS, SCALE, Panel, Scale, limits, show
from grader.render.charts.svg import SECOND, svg

_WIDTH, _HEIGHT = 8.0, 2.7
_BOTTOM, _TOP = 0.17, 0.89
_LEFTS, _BREADTH = (0.055, 0.335, 0.68), 0.25
_SMALL = 0.05
"""Share of the whole scale that a difference must reach to be drawn in full colour."""
_STEPS = 64


def panels(picture: Heatmap) -> tuple[Panel, ...]:
    """The student's matrix, and where there is one the expected one and the difference."""
    own = Panel(name="yours", axes=picture.axes, values=picture.answer)
    if picture.expected is None:
        return (own,)
    right = Panel(name="expected", axes=picture.axes, values=picture.expected)
    if not picture.alike:
        return own, right
    pairs = zip(picture.answer, picture.expected, strict=True)
    gap = tuple(tuple(map(_gap, ours, theirs)) for ours, theirs in pairs)
    return own, right, Panel(name="difference", axes=picture.axes, values=gap)


def draw(picture: Heatmap) -> Markup:
    """Up to three panels in a row, each kind of number with its scale beside it."""
    return svg(lambda figure: _draw(figure, picture), size=(_WIDTH, _HEIGHT), says=says(picture))


def says(picture: Heatmap) -> str:
    """Where the two are farthest apart."""
    shown = panels(picture)
    if len(shown) < 3:  # noqa: PLR2004 (no difference to speak of)
        sizes = " and ".join(f"{p.name} {len(p.values)} by {len(p.values[0])}" for p in shown)
        return f"{picture.title}: {sizes}."
    gap = np.abs(shown[2].array)
    if not np.isfinite(gap).any():
        return f"{picture.title}: yours holds no numbers to compare."
    row, column = np.unravel_index(int(np.nanargmax(gap)), gap.shape)
    if not gap[row, column]:
        return f"{picture.title}: equal to what is expected."
    where = entry(picture.axes, int(row), int(column))
    yours, right = picture.answer[row][column], (picture.expected or ())[row][column]
    return f"{picture.title}. Farthest apart at {where}: yours {yours:g}, expected {right:g}."


def entry(axes: tuple[str, str], row: int, column: int) -> str:
    """How an entry is called."""
    return f"L{row}H{column}" if axes == HEADS else f"{axes[0]} {row}, {axes[1]} {column}"


def _gap(ours: Entry, theirs: Entry) -> Entry:
    return None if ours is None or theirs is None else round(ours - theirs, 6)


def _draw(figure: Figure, picture: Heatmap) -> None:
    shown = panels(picture)
    both = Scale("viridis", *limits(*(panel.array for panel in shown[:2])))
    last = len(shown[:2]) - 1
    for i, panel in enumerate(shown[:2]):
        axes = _axes(figure, _LEFTS[i], _BREADTH)
        show(axes, panel, both, rows=i == 0 or not picture.alike)
        if i == 0:
            _mark(axes, picture)
        if i == last:
            _legend(figure, both, i, f"{SCALE}-{picture.criterion}")
    for panel in shown[2:]:
        widest = float(np.nanmax(np.abs(panel.array), initial=0.0))
        far = max(widest, _SMALL * (both.high - both.low))
        apart = Scale("RdBu_r", -far, far)
        show(_axes(figure, _LEFTS[2], _BREADTH), panel, apart, rows=False)
        _legend(figure, apart, 2, f"{SCALE}-{picture.criterion}-apart")


def _axes(figure: Figure, left: float, width: float) -> Axes:
    return figure.add_axes((left, _BOTTOM, width, _TOP - _BOTTOM))


def _legend(figure: Figure, scale: Scale, beside: int, name: str) -> None:
    """Which colour is which number."""
    axes = _axes(figure, _LEFTS[beside] + _BREADTH + 0.01, 0.012)
    numbers = np.linspace(scale.low, scale.high, _STEPS)[:, np.newaxis]
    extent = (0.0, 1.0, scale.low, scale.high)
    scale.draw(axes, numbers, origin="lower", extent=extent).set_gid(name)
    axes.set_xticks([])
    axes.yaxis.tick_right()
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.tick_params(labelsize=7, length=2, pad=1)


def _mark(axes: Axes, picture: Heatmap) -> None:
    """A frame round each entry that was named and is there."""
    rows, columns = len(picture.answer), len(picture.answer[0])
    squares = [
        Rectangle((column - 0.5, row - 0.5), 1, 1)
        for row, column in picture.marked
        if 0 <= row < rows and 0 <= column < columns
    ]
    frames = PatchCollection(squares, facecolor="none", edgecolor=SECOND, linewidth=1.4)
    axes.add_collection(frames)
