"""How scores are spread: a bar for every tenth of the maximum."""

from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from grader.render.charts.svg import FIRST, SECOND, svg

_SIZE = (7.2, 2.4)
_GAP = 0.08


def spread(before: Sequence[int], after: Sequence[int] | None = None) -> Markup:
    """Draw a histogram.

    Args:
        before: How many scores lie in each bin, the bins of equal width.
        after: The same after lateness, where that is another.
    """

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.07, 0.2, 0.89, 0.7))
        width = 1 - 2 * _GAP if after is None else 0.5 - _GAP
        _bars(axes, before, _GAP, width, FIRST, "as earned")
        if after is not None:
            _bars(axes, after, 0.5, width, SECOND, "after lateness")
            axes.legend(loc="upper left")
        bins = len(before)
        axes.set_xlim(0, bins)
        axes.set_xticks(range(bins + 1), [f"{round(100 * i / bins)} %" for i in range(bins + 1)])
        axes.set_xlabel("score, as a share of the points possible")
        axes.set_ylabel("submissions")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
        axes.spines[["top", "right"]].set_visible(False)
        axes.margins(y=0.15)

    return svg(draw, size=_SIZE, says=said(before, after))


def said(before: Sequence[int], after: Sequence[int] | None = None) -> str:
    """The same in words, the bins that nobody is in left out."""
    text = f"Scores: {_listed(before)}."
    return text if after is None else f"{text} After lateness: {_listed(after)}."


def _listed(counts: Sequence[int]) -> str:
    wide = 100 / len(counts)
    return ", ".join(
        f"{count} from {i * wide:.0f} to {(i + 1) * wide:.0f} %"
        for i, count in enumerate(counts)
        if count
    )


def _bars(  # noqa: PLR0913, PLR0917 (all of it is one series)
    axes: Axes, counts: Sequence[int], start: float, width: float, colour: str, name: str
) -> None:
    places = [i + start for i in range(len(counts))]
    bars = axes.bar(places, counts, width, align="edge", color=colour, label=name)
    axes.bar_label(bars, [str(count) if count else "" for count in counts], padding=1)
