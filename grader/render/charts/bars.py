"""Draws bar charts of the student's numbers beside the expected ones."""

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from grader.charts import Bars
from grader.charts.model import Number
from grader.files.escape import escape_line
from grader.render.charts.svg import BLUE, GREY, draw_svg

_WIDTH = 7.0
_LABEL_SHARE = 0.26
"""Share of the width that is reserved for labels."""
_MAX_LABEL = 30


def draw(chart: Bars) -> Markup:
    """Draw horizontal bars, which leave room for labels."""
    size = (_WIDTH, 0.75 + 0.34 * len(chart.labels) * (1.5 if chart.expected else 1))
    return draw_svg(lambda figure: _draw(figure, chart), size=size, alt_text=alt_text(chart))


def alt_text(chart: Bars) -> str:
    """Describe the chart by listing every number."""
    expected = chart.expected or (None,) * len(chart.labels)
    numbers = "; ".join(
        f"{label}: yours {_text(yours)}"
        + (f", expected {_text(right)}" if right is not None else "")
        for label, yours, right in zip(chart.labels, chart.answer, expected, strict=True)
    )
    return f"{chart.title}. {numbers}."


def _draw(figure: Figure, chart: Bars) -> None:
    height = figure.get_figheight()
    axes = figure.add_axes(
        (_LABEL_SHARE, 0.48 / height, 0.98 - _LABEL_SHARE, (height - 0.75) / height)
    )
    y = np.arange(len(chart.labels), dtype=np.float64)
    if chart.expected is not None:
        _draw_series(axes, y - 0.2, chart.answer, BLUE, "yours")
        _draw_series(axes, y + 0.2, chart.expected, GREY, "expected")
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderpad=0, fontsize=8)
    else:
        _draw_series(axes, y, chart.answer, BLUE, "yours")
    axes.set_yticks(y, [escape_line(label)[:_MAX_LABEL] for label in chart.labels])
    axes.invert_yaxis()
    axes.set_xlabel(chart.unit)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.12)


def _draw_series(
    axes: Axes, y: NDArray[np.float64], numbers: tuple[Number, ...], colour: str, name: str
) -> None:
    widths = [0.0 if number is None else number for number in numbers]
    series = axes.barh(y, widths, height=0.36, color=colour, label=name)
    axes.bar_label(series, [_text(number) for number in numbers], padding=3, fontsize=8)


def _text(number: Number) -> str:
    return "no number" if number is None else f"{number:.3g}"
