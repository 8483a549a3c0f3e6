"""Draws the distribution of a class's scores as a histogram."""

from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from grader.render.charts.svg import BLUE, ORANGE, draw_svg

_SIZE = (7.2, 2.4)
_GAP = 0.08


def score_histogram(before: Sequence[int], after: Sequence[int] | None = None) -> Markup:
    """Draw a histogram of scores.

    Args:
        before: Number of scores in each of several bins of equal width.
        after: The same with late penalties, if these make a difference.
    """

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.07, 0.2, 0.89, 0.7))
        width = 1 - 2 * _GAP if after is None else 0.5 - _GAP
        _draw_bars(axes, before, _GAP, width, BLUE, "as earned")
        if after is not None:
            _draw_bars(axes, after, 0.5, width, ORANGE, "after late penalties")
            axes.legend(loc="upper left")
        bins = len(before)
        axes.set_xlim(0, bins)
        axes.set_xticks(range(bins + 1), [f"{round(100 * i / bins)} %" for i in range(bins + 1)])
        axes.set_xlabel("score, as a share of the points possible")
        axes.set_ylabel("submissions")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
        axes.spines[["top", "right"]].set_visible(False)
        axes.margins(y=0.15)

    return draw_svg(draw, size=_SIZE, alt_text=alt_text(before, after))


def alt_text(before: Sequence[int], after: Sequence[int] | None = None) -> str:
    """Describe the histogram by listing its non-empty bins."""
    text = f"Scores: {_list_bins(before)}."
    return text if after is None else f"{text} After late penalties: {_list_bins(after)}."


def _list_bins(counts: Sequence[int]) -> str:
    width = 100 / len(counts)
    return ", ".join(
        f"{count} from {i * width:.0f} to {(i + 1) * width:.0f} %"
        for i, count in enumerate(counts)
        if count
    )


def _draw_bars(  # noqa: PLR0913, PLR0917 (all of it describes one series)
    axes: Axes, counts: Sequence[int], start: float, width: float, colour: str, name: str
) -> None:
    positions = [i + start for i in range(len(counts))]
    bars = axes.bar(positions, counts, width, align="edge", color=colour, label=name)
    axes.bar_label(bars, [str(count) if count else "" for count in counts], padding=1)
