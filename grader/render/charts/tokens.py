"""A sequence of tokens in two rows, its halves: what repeats stands below itself."""

from markupsafe import Markup
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from grader.charts import Tokens
from grader.render.charts.svg import svg

_WIDTH, _HEIGHT = 8.0, 1.25
_STEP = 0.618034
"""Colours a golden section apart: neighbours differ clearly."""
_LONGEST = 20
_DARK = 0.45


def draw(picture: Tokens) -> Markup:
    """A box a token, in a colour of its own, with its number where that fits."""
    return svg(lambda figure: _draw(figure, picture), size=(_WIDTH, _HEIGHT), says=says(picture))


def says(picture: Tokens) -> str:
    """How many positions of the second half hold the token of the first."""
    first, second = halves(picture.answer)
    same = sum(a == b for a, b in zip(first, second, strict=False))
    return (
        f"{picture.title}. {len(picture.answer)} tokens; {same} of {len(second)} in the lower row "
        "equal the one above."
    )


def halves(row: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The first half and the rest."""
    middle = (len(row) + 1) // 2
    return row[:middle], row[middle:]


def _draw(figure: Figure, picture: Tokens) -> None:
    axes = figure.add_axes((0.07, 0.02, 0.92, 0.96))
    rows = halves(picture.answer)
    palette = colormaps["hsv"]
    order = {token: i for i, token in enumerate(dict.fromkeys(picture.answer))}
    for y, row in enumerate(rows):
        for x, token in enumerate(row):
            colour = (*palette((order[token] * _STEP) % 1.0)[:3], _DARK)
            axes.add_patch(Rectangle((x + 0.04, y + 0.08), 0.92, 0.84, facecolor=colour))
            if len(rows[0]) <= _LONGEST:
                axes.text(x + 0.5, y + 0.5, str(token)[:8], ha="center", va="center", fontsize=7)
        axes.text(-0.15, y + 0.5, ("first", "second")[y], ha="right", va="center")
    axes.set(xlim=(0, max(1, len(rows[0]))), ylim=(2, 0))
    axes.axis("off")
