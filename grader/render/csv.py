"""Renders the report as CSV, one row per criterion, protected against formula injection."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from grader.files.escape import escape_line
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
_FORMULA_PREFIXES = frozenset("=+-@")


def to_csv(report: Report) -> str:
    """Render the report as a header and one row per criterion."""
    return format_csv([COLUMNS, *(_row(report, verdict) for verdict in report.verdicts)])


def format_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV in the format of RFC 4180, with every field quoted."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows(rows)
    return text.getvalue()


def escape_formula(text: str) -> str:
    """Return text as one line; an apostrophe keeps spreadsheets from reading it as a formula."""
    escaped = escape_line(text)
    first = unicodedata.normalize("NFKC", escaped.lstrip("\"' ")[:1])
    return f"'{escaped}" if first[:1] in _FORMULA_PREFIXES else escaped


def format_points(points: float) -> str:
    """Format points with up to four decimals."""
    return f"{points:.4f}".rstrip("0").rstrip(".")


def _row(report: Report, verdict: Verdict) -> list[str]:
    return [
        escape_formula(report.name),
        escape_formula(report.student or ""),
        escape_formula(verdict.id),
        escape_formula(verdict.function or ""),
        escape_formula(verdict.title),
        verdict.outcome,
        format_points(verdict.points),
        format_points(verdict.max_points),
        escape_formula(verdict.misconception or ""),
        escape_formula(verdict.variant or ""),
        escape_formula(verdict.feedback),
    ]
