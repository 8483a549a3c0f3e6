"""Draws a sequence of tokens in two rows, so that repeated tokens stand below each other."""

from markupsafe import Markup
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from grader.charts import Tokens
from grader.render.charts.svg import draw_svg

_WIDTH, _HEIGHT = 8.0, 1.25
_HUE_STEP = 0.618034
"""The golden ratio's fraction: consecutive tokens get clearly different hues."""
_MAX_NUMBERED = 20
"""Longest row whose boxes have room for the token ids."""
_OPACITY = 0.45


def draw(chart: Tokens) -> Markup:
    """Draw a coloured box for each token, with its id if there is room."""
    size = (_WIDTH, _HEIGHT)
    return draw_svg(lambda figure: _draw(figure, chart), size=size, alt_text=alt_text(chart))


def alt_text(chart: Tokens) -> str:
    """Describe the chart by the number of repeated tokens."""
    first, second = _halves(chart.answer)
    repeated = sum(a == b for a, b in zip(first, second, strict=False))
    return (
        f"{chart.title}. {len(chart.answer)} tokens; {repeated} of {len(second)} in the lower row "
        "equal the token above."
    )


def _halves(row: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    middle = (len(row) + 1) // 2
    return row[:middle], row[middle:]


def _draw(figure: Figure, chart: Tokens) -> None:
    axes = figure.add_axes((0.07, 0.02, 0.92, 0.96))
    rows = _halves(chart.answer)
    palette = colormaps["hsv"]
    index = {token: i for i, token in enumerate(dict.fromkeys(chart.answer))}
    for y, row in enumerate(rows):
        for x, token in enumerate(row):
            colour = (*palette((index[token] * _HUE_STEP) % 1.0)[:3], _OPACITY)
            axes.add_patch(Rectangle((x + 0.04, y + 0.08), 0.92, 0.84, facecolor=colour))
            if len(rows[0]) <= _MAX_NUMBERED:
                axes.text(x + 0.5, y + 0.5, str(token)[:8], ha="center", va="center", fontsize=7)
        axes.text(-0.15, y + 0.5, ("first", "second")[y], ha="right", va="center")
    axes.set(xlim=(0, max(1, len(rows[0]))), ylim=(2, 0))
    axes.axis("off")
