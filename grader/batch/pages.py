"""A report in the forms that it is read in."""

from grader.batch.results import PAGE, REPORT
from grader.render.html import to_html
from grader.render.json import to_json
from grader.report import Report


def pages_of(report: Report) -> dict[str, bytes]:
    """A report as files, by their names."""
    return {REPORT: to_json(report).encode(), PAGE: to_html(report).encode()}
