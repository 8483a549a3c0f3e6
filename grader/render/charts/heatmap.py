"""Draws a matrix beside the expected one and their difference."""

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from grader.charts import Heatmap
from grader.charts.model import Number
from grader.render.charts.matrix_panel import (
    HEAD_AXES,
    SCALE_ID,
    ColourScale,
    Panel,
    draw_panel,
    shared_limits,
)
from grader.render.charts.svg import ORANGE, draw_svg

_WIDTH, _HEIGHT = 8.0, 2.7
_BOTTOM, _TOP = 0.17, 0.89
_LEFTS, _PANEL_WIDTH = (0.055, 0.335, 0.68), 0.25
_SMALL_DIFFERENCE = 0.05
"""Share of the colour scale below which a difference is not drawn in full colour."""
_LEGEND_STEPS = 64


def panels(chart: Heatmap) -> tuple[Panel, ...]:
    """Return the student's matrix and, if known, the expected one and the difference."""
    answer = Panel(name="yours", axes=chart.axes, values=chart.answer)
    if chart.expected is None:
        return (answer,)
    expected = Panel(name="expected", axes=chart.axes, values=chart.expected)
    if not chart.same_shape:
        return answer, expected
    rows = zip(chart.answer, chart.expected, strict=True)
    difference = tuple(tuple(map(_difference, yours, right)) for yours, right in rows)
    return answer, expected, Panel(name="difference", axes=chart.axes, values=difference)


def draw(chart: Heatmap) -> Markup:
    """Draw up to three panels in a row, each colour scale with a legend."""
    size = (_WIDTH, _HEIGHT)
    return draw_svg(lambda figure: _draw(figure, chart), size=size, alt_text=alt_text(chart))


def alt_text(chart: Heatmap) -> str:
    """Describe the chart by the entry with the largest difference."""
    shown = panels(chart)
    if len(shown) < 3:  # noqa: PLR2004 (there is no difference panel)
        sizes = " and ".join(f"{p.name} {len(p.values)} by {len(p.values[0])}" for p in shown)
        return f"{chart.title}: {sizes}."
    differences = np.abs(shown[2].array)
    if not np.isfinite(differences).any():
        return f"{chart.title}: your matrix has no numbers to compare."
    row, column = np.unravel_index(int(np.nanargmax(differences)), differences.shape)
    if not differences[row, column]:
        return f"{chart.title}: equal to the expected values."
    entry = _entry_name(chart.axes, int(row), int(column))
    yours, right = chart.answer[row][column], (chart.expected or ())[row][column]
    return f"{chart.title}. Largest difference at {entry}: yours {yours:g}, expected {right:g}."


def _entry_name(axes: tuple[str, str], row: int, column: int) -> str:
    return f"L{row}H{column}" if axes == HEAD_AXES else f"{axes[0]} {row}, {axes[1]} {column}"


def _difference(yours: Number, right: Number) -> Number:
    return None if yours is None or right is None else round(yours - right, 6)


def _draw(figure: Figure, chart: Heatmap) -> None:
    shown = panels(chart)
    values = ColourScale("viridis", *shared_limits(*(panel.array for panel in shown[:2])))
    last = len(shown[:2]) - 1
    for i, panel in enumerate(shown[:2]):
        axes = _add_axes(figure, _LEFTS[i], _PANEL_WIDTH)
        draw_panel(axes, panel, values, rows=i == 0 or not chart.same_shape)
        if i == 0:
            _draw_frames(axes, chart)
        if i == last:
            _draw_legend(figure, values, i, f"{SCALE_ID}-{chart.criterion}")
    for panel in shown[2:]:
        largest = float(np.nanmax(np.abs(panel.array), initial=0.0))
        limit = max(largest, _SMALL_DIFFERENCE * (values.high - values.low))
        differences = ColourScale("RdBu_r", -limit, limit)
        draw_panel(_add_axes(figure, _LEFTS[2], _PANEL_WIDTH), panel, differences, rows=False)
        _draw_legend(figure, differences, 2, f"{SCALE_ID}-{chart.criterion}-apart")


def _add_axes(figure: Figure, left: float, width: float) -> Axes:
    return figure.add_axes((left, _BOTTOM, width, _TOP - _BOTTOM))


def _draw_legend(figure: Figure, scale: ColourScale, panel: int, element_id: str) -> None:
    """Draw a colour bar to the right of a panel."""
    axes = _add_axes(figure, _LEFTS[panel] + _PANEL_WIDTH + 0.01, 0.012)
    numbers = np.linspace(scale.low, scale.high, _LEGEND_STEPS)[:, np.newaxis]
    extent = (0.0, 1.0, scale.low, scale.high)
    scale.draw_image(axes, numbers, origin="lower", extent=extent).set_gid(element_id)
    axes.set_xticks([])
    axes.yaxis.tick_right()
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.tick_params(labelsize=7, length=2, pad=1)


def _draw_frames(axes: Axes, chart: Heatmap) -> None:
    """Draw a frame around each marked entry that lies within the matrix."""
    rows, columns = len(chart.answer), len(chart.answer[0])
    frames = [
        Rectangle((column - 0.5, row - 0.5), 1, 1)
        for row, column in chart.marked
        if 0 <= row < rows and 0 <= column < columns
    ]
    collection = PatchCollection(frames, facecolor="none", edgecolor=ORANGE, linewidth=1.4)
    axes.add_collection(collection)
