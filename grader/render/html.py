"""The report as one self-contained page. Student text is escaped and nothing of it runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from grader.charts import Picture
from grader.render.feedback import MARKS, blocks
from grader.render.templates.page import fragment, page
from grader.report.model import Report, Verdict

# MERGED: Pictures drawn for a page, as many as it has room for.
if TYPE_CHECKING:
    from grader.render.charts.matrix_panel import Panel

_ROOM = 700_000
"""Characters of all pictures of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One picture on a page."""

    svg: Markup
    says: str
    caption: str
    panels: Sequence["Panel"]

    @property
    def data(self) -> list[dict[str, object]]:
        """Its matrices, for the page's script to read entries from."""
        return [{"name": p.name, "axes": p.axes, "values": p.values} for p in self.panels]


class Figures:
    """Draws pictures until a page is full."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        """Take the pictures; none is drawn before it is asked for."""
        self._pictures = pictures
        self._room = _ROOM
        self.left_out = 0
        """How many there was no room for."""

    def of(self, criteria: Iterable[str]) -> list[Figure]:
        """The pictures of some criteria.

        Args:
            criteria: Their ids.
        """
        wanted = set(criteria)
        chosen = [picture for picture in self._pictures if picture.criterion in wanted]
        return [figure for picture in chosen if (figure := self._drawn(picture))]

    def _drawn(self, picture: Picture) -> Figure | None:
        from grader.render.charts import draw  # noqa: PLC0415 (matplotlib takes half a second)

        drawn = draw(picture)
        figure = Figure(svg=drawn.svg, says=drawn.says, caption=drawn.caption, panels=drawn.panels)
        size = len(drawn.svg) + len(str(figure.data))
        if size > self._room:
            self.left_out += 1
            return None
        self._room -= size
        return figure


_MOST_TROUBLES = 40
_MOST_NOTES = 60


def to_html(report: Report, pictures: Sequence[Picture] = (), hints: int = 1) -> str:
    """The report as a page of less than a megabyte.

    Args:
        report: What to show.
        pictures: What there is to see, by criterion.
        hints: How many hints on each mistake lie open; the others unfold.
    """
    return page("report.html.j2", script="report.js", **_shown(report, pictures, hints))


def to_fragment(report: Report, pictures: Sequence[Picture] = (), hints: int = 1) -> str:
    """The same as a part of another page, such as a notebook's output.

    Args:
        report: What to show.
        pictures: What there is to see, by criterion.
        hints: How many hints on each mistake lie open; the others unfold.
    """
    return fragment("fragment.html.j2", **_shown(report, pictures, hints))


def _shown(report: Report, pictures: Sequence[Picture], hints: int) -> dict[str, object]:
    figures = Figures(pictures)
    lost = blocks(report)
    told = {verdict.id for block in lost for verdict in block.verdicts}
    explained = [(block, figures.of(v.id for v in block.verdicts)) for block in lost]
    rest = [v for v in report.verdicts if v.id not in told]
    return {
        "report": report,
        "sections": _sections(report),
        "counts": _counts(report),
        "share": round(100 * min(1.0, report.score / report.total), 1) if report.total else 0,
        "explained": explained,
        "others": [(v, found) for v in rest if (found := figures.of([v.id]))],
        "left_out": figures.left_out,
        "hints": hints,
        "troubles": report.telling_troubles[:_MOST_TROUBLES],
        "more_troubles": max(0, len(report.telling_troubles) - _MOST_TROUBLES),
        "notes": report.notes[:_MOST_NOTES],
        "environment": report.shown_environment,
    }


def _sections(report: Report) -> list[tuple[str, list[Verdict]]]:
    return [
        (function or "The notebook as a whole", list(verdicts))
        for function, verdicts in groupby(report.verdicts, key=lambda v: v.function)
    ]


def _counts(report: Report) -> list[tuple[str, int]]:
    """How many criteria had which outcome, in the order of the marks."""
    outcomes = [verdict.outcome for verdict in report.verdicts]
    return [(name, outcomes.count(name)) for name in MARKS if name in outcomes]
