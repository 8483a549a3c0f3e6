"""Attention patterns, with a frame round every place that a head of the kind looks at."""

import numpy as np
from markupsafe import Markup
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from grader.charts import Pattern
from grader.charts.model import Matrix
from grader.render.charts.matrix_panel import Panel, Scale, show
from grader.render.charts.svg import SECOND, svg

_AXES = ("query: position that looks", "key: position looked at")
_WIDTH, _HEIGHT = 8.0, 3.9
_LEFT, _GAP = 0.075, 0.475


def panels(picture: Pattern) -> tuple[Panel, ...]:
    """The student's head, and where there is one the reference's."""
    own = Panel(name=f"yours: {picture.name}", axes=_AXES, values=picture.answer)
    if picture.expected is None:
        return (own,)
    name = f"expected: {picture.expected_name}"
    return own, Panel(name=name, axes=_AXES, values=picture.expected)


def draw(picture: Pattern) -> Markup:
    """Queries downwards, keys to the right."""
    return svg(lambda figure: _draw(figure, picture), size=(_WIDTH, _HEIGHT), says=says(picture))


def says(picture: Pattern) -> str:
    """How much attention falls on the targets, on average."""
    said = f"{picture.title}. Into the squares falls {_paid(picture, picture.answer)} of the "
    said += f"attention of {picture.name}"
    if picture.expected is not None:
        said += f", and {_paid(picture, picture.expected)} of {picture.expected_name}'s"
    return f"{said}."


def _paid(picture: Pattern, matrix: Matrix) -> str:
    numbers = [matrix[query][key] for query, key in picture.target]
    paid = [number for number in numbers if number is not None]
    return f"{np.mean(paid):.0%}" if paid else "nothing"


def _draw(figure: Figure, picture: Pattern) -> None:
    half = len(picture.answer) / 2 - 0.5
    for i, panel in enumerate(panels(picture)):
        axes = figure.add_axes((_LEFT + i * _GAP, 0.125, _GAP - 0.04, 0.8))
        show(axes, panel, Scale("Blues", 0.0, 1.0), rows=i == 0)
        axes.axhline(half, color=SECOND, linewidth=0.5, linestyle=":")
        squares = [Rectangle((key - 0.5, query - 0.5), 1, 1) for query, key in picture.target]
        axes.add_collection(
            PatchCollection(squares, facecolor="none", edgecolor=SECOND, linewidth=1.2)
        )
