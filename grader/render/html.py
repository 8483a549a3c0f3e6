"""Renders the report as one self-contained HTML page, or as a fragment of another page.

Both collect their values in `_page_values` and fill in `templates/report_parts.html.j2`, which
`templates/report.html.j2` and `templates/fragment.html.j2` include. The templates escape all text
of students, and a page runs no script but `templates/report.js`.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from grader.charts import Chart
from grader.render.feedback import OUTCOME_ICONS, group_feedback
from grader.render.templates.page import render_fragment, render_page
from grader.report.model import Report, Verdict

if TYPE_CHECKING:
    from grader.render.charts import RenderedChart

_MAX_CHART_CHARACTERS = 700_000
"""Maximum number of characters of all charts on a page, including their data."""
_MAX_CELL_ERRORS = 40
_MAX_NOTES = 60


def to_html(report: Report, charts: Sequence[Chart] = (), hints: int = 1) -> str:
    """Render the report as a page of less than a megabyte.

    Args:
        report: The report.
        pictures: The charts of its criteria.
        hints: Number of hints per mistake that are shown at once; the others unfold.
    """
    values = _page_values(report, charts, hints)
    return render_page("report.html.j2", script="report.js", **values)


def to_fragment(report: Report, charts: Sequence[Chart] = (), hints: int = 1) -> str:
    """Render the report as a part of another page, such as the output of a notebook cell.

    Args:
        report: The report.
        pictures: The charts of its criteria.
        hints: Number of hints per mistake that are shown at once; the others unfold.
    """
    return render_fragment("fragment.html.j2", **_page_values(report, charts, hints))


def _page_values(report: Report, charts: Sequence[Chart], hints: int) -> dict[str, object]:
    """Return the values that the template `report_parts.html.j2` uses."""
    renderer = _ChartRenderer(charts)
    blocks = group_feedback(report)
    in_blocks = {verdict.id for block in blocks for verdict in block.verdicts}
    blocks_with_charts = [(b, renderer.render_for(v.id for v in b.verdicts)) for b in blocks]
    others = [verdict for verdict in report.verdicts if verdict.id not in in_blocks]
    return {
        "report": report,
        "sections": _sections(report),
        "outcome_counts": _outcome_counts(report),
        "percent": round(100 * min(1.0, report.score / report.total), 1) if report.total else 0,
        "blocks": blocks_with_charts,
        "others": [(v, rendered) for v in others if (rendered := renderer.render_for([v.id]))],
        "omitted_charts": renderer.omitted,
        "hints": hints,
        "cell_errors": report.notable_errors[:_MAX_CELL_ERRORS],
        "more_cell_errors": max(0, len(report.notable_errors) - _MAX_CELL_ERRORS),
        "notes": report.notes[:_MAX_NOTES],
        "environment": report.public_environment,
    }


def _sections(report: Report) -> list[tuple[str, list[Verdict]]]:
    return [
        (function or "The notebook as a whole", list(verdicts))
        for function, verdicts in groupby(report.verdicts, key=lambda v: v.function)
    ]


def _outcome_counts(report: Report) -> list[tuple[str, int]]:
    """Return the number of criteria with each outcome, in the order of OUTCOME_ICONS."""
    outcomes = [verdict.outcome for verdict in report.verdicts]
    return [(name, outcomes.count(name)) for name in OUTCOME_ICONS if name in outcomes]


class _ChartRenderer:
    """Renders charts until the page is full."""

    def __init__(self, charts: Sequence[Chart]) -> None:
        self._charts = charts
        self._remaining = _MAX_CHART_CHARACTERS
        self.omitted = 0
        """Number of charts left out because the page was full."""

    def render_for(self, criteria: Iterable[str]) -> list["RenderedChart"]:
        """Render the charts of these criteria, given by id."""
        ids = set(criteria)
        charts = [chart for chart in self._charts if chart.criterion in ids]
        return [rendered for chart in charts if (rendered := self._render(chart))]

    def _render(self, chart: Chart) -> "RenderedChart | None":
        from grader.render.charts import render_chart  # noqa: PLC0415 (matplotlib takes half a second)

        rendered = render_chart(chart)
        size = len(rendered.svg) + len(str(rendered.panel_data))
        if size > self._remaining:
            self.omitted += 1
            return None
        self._remaining -= size
        return rendered
