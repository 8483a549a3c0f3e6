"""The report as a table for spreadsheets: one row a criterion, and nothing in it is a formula."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from grader.render.escape import line
from grader.report.model import Report, Verdict

COLUMNS = (
    "submission",
    "student",
    "criterion",
    "function",
    "title",
    "outcome",
    "points",
    "max_points",
    "misconception",
    "variant",
    "feedback",
)
_FORMULA = frozenset("=+-@")


def to_csv(report: Report) -> str:
    """A head and one row a criterion."""
    return table([COLUMNS, *(_row(report, verdict) for verdict in report.verdicts)])


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as RFC 4180 has them, every field in quotes."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows(rows)
    return text.getvalue()


def _row(report: Report, verdict: Verdict) -> list[str]:
    return [
        inert(report.name),
        inert(report.student or ""),
        inert(verdict.id),
        inert(verdict.function or ""),
        inert(verdict.title),
        verdict.outcome,
        number(verdict.points),
        number(verdict.max_points),
        inert(verdict.misconception or ""),
        inert(verdict.variant or ""),
        inert(verdict.feedback),
    ]


def inert(text: str) -> str:
    """Text on one line that no spreadsheet takes for a formula: an apostrophe says so."""
    shown = line(text)
    first = unicodedata.normalize("NFKC", shown.lstrip("\"' ")[:1])
    return f"'{shown}" if first[:1] in _FORMULA else shown


def number(points: float) -> str:
    """To four decimals, none more than needed."""
    return f"{points:.4f}".rstrip("0").rstrip(".")
