"""Numbers side by side: the student's and the expected ones."""

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from grader.charts import Bars
from grader.charts.model import Entry
from grader.render.charts.svg import FIRST, THIRD, svg
from grader.render.escape import line

_WIDTH = 7.0
_LABELS = 0.26
_LONGEST = 30


def draw(picture: Bars) -> Markup:
    """Horizontal bars, so that labels can be read."""
    height = 0.75 + 0.34 * len(picture.labels) * (1.5 if picture.expected else 1)
    return svg(lambda figure: _draw(figure, picture), size=(_WIDTH, height), says=says(picture))


def says(picture: Bars) -> str:
    """Every number."""
    expected = picture.expected or (None,) * len(picture.labels)
    said = "; ".join(
        f"{label}: yours {_text(own)}" + (f", expected {_text(right)}" if right is not None else "")
        for label, own, right in zip(picture.labels, picture.answer, expected, strict=True)
    )
    return f"{picture.title}. {said}."


def _draw(figure: Figure, picture: Bars) -> None:
    height = figure.get_figheight()
    axes = figure.add_axes((_LABELS, 0.48 / height, 0.98 - _LABELS, (height - 0.75) / height))
    y = np.arange(len(picture.labels), dtype=np.float64)
    if picture.expected is not None:
        _row(axes, y - 0.2, picture.answer, FIRST, "yours")
        _row(axes, y + 0.2, picture.expected, THIRD, "expected")
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderpad=0, fontsize=8)
    else:
        _row(axes, y, picture.answer, FIRST, "yours")
    axes.set_yticks(y, [line(label)[:_LONGEST] for label in picture.labels])
    axes.invert_yaxis()
    axes.set_xlabel(picture.unit)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.12)


def _row(
    axes: Axes, y: NDArray[np.float64], numbers: tuple[Entry, ...], colour: str, name: str
) -> None:
    widths = [0.0 if number is None else number for number in numbers]
    drawn = axes.barh(y, widths, height=0.36, color=colour, label=name)
    axes.bar_label(drawn, [_text(number) for number in numbers], padding=3, fontsize=8)


def _text(number: Entry) -> str:
    return "no number" if number is None else f"{number:.3g}"
