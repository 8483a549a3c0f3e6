"""Draws attention patterns, with a frame around every position that the head should attend to."""

import numpy as np
from markupsafe import Markup
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from grader.charts import AttentionPattern
from grader.charts.model import Matrix
from grader.render.charts.matrix_panel import ColourScale, Panel, draw_panel
from grader.render.charts.svg import ORANGE, draw_svg

_AXES = ("query: position that attends", "key: position attended to")
_WIDTH, _HEIGHT = 8.0, 3.9
_LEFT, _STEP = 0.075, 0.475
"""Left edge of the first panel, and distance between panels, as shares of the width."""


def panels(chart: AttentionPattern) -> tuple[Panel, ...]:
    """Return the pattern of the student's head and, if known, of the reference's."""
    answer = Panel(name=f"yours: {chart.name}", axes=_AXES, values=chart.answer)
    if chart.expected is None:
        return (answer,)
    name = f"expected: {chart.expected_name}"
    return answer, Panel(name=name, axes=_AXES, values=chart.expected)


def draw(chart: AttentionPattern) -> Markup:
    """Draw the patterns side by side, queries downwards and keys to the right."""
    size = (_WIDTH, _HEIGHT)
    return draw_svg(lambda figure: _draw(figure, chart), size=size, alt_text=alt_text(chart))


def alt_text(chart: AttentionPattern) -> str:
    """Describe the chart by the mean attention on the targets."""
    share = _mean_target_attention(chart, chart.answer)
    text = f"{chart.title}. {chart.name} puts {share} of its attention on the framed positions"
    if chart.expected is not None:
        text += f"; {chart.expected_name} puts {_mean_target_attention(chart, chart.expected)}"
    return f"{text}."


def _mean_target_attention(chart: AttentionPattern, pattern: Matrix) -> str:
    weights = [pattern[query][key] for query, key in chart.target]
    numbers = [weight for weight in weights if weight is not None]
    return f"{np.mean(numbers):.0%}" if numbers else "none"


def _draw(figure: Figure, chart: AttentionPattern) -> None:
    middle = len(chart.answer) / 2 - 0.5
    for i, panel in enumerate(panels(chart)):
        axes = figure.add_axes((_LEFT + i * _STEP, 0.125, _STEP - 0.04, 0.8))
        draw_panel(axes, panel, ColourScale("Blues", 0.0, 1.0), rows=i == 0)
        axes.axhline(middle, color=ORANGE, linewidth=0.5, linestyle=":")
        frames = [Rectangle((key - 0.5, query - 0.5), 1, 1) for query, key in chart.target]
        axes.add_collection(
            PatchCollection(frames, facecolor="none", edgecolor=ORANGE, linewidth=1.2)
        )
