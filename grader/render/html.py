"""The report as one self-contained page. Student text is escaped and nothing of it runs."""

from collections.abc import Sequence
from itertools import groupby

from grader.pictures import Picture
from grader.render.blocks import blocks
from grader.render.figures import Figures
from grader.render.marks import MARKS
from grader.render.pages.template import fragment, page
from grader.report import Report, Verdict

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
