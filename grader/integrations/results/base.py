"""Code shared by all result writers: the result itself, texts, size limits and rounding."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

from grader.files.escape import escape_line
from grader.report.model import Report, Verdict

SHORTENED = " … (shortened)"
_TEXT_LIMITS = (10**9, 8000, 2000, 500, 100, 0)
"""Characters per text to try, until the result fits the platform's size limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ungraded:
    """A submission that could not be graded."""

    reason: str
    """Message of one or a few lines: what is wrong and what to do."""
    grader_fault: bool = False
    """True if the grader failed, and not the submitted file."""
    total: float = 100.0
    """Maximum score."""


Result = Report | Ungraded


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteContext:
    """Input of a writer besides the result: facts about the run and its environment."""

    grader_version: str = ""
    seconds: float = 0.0
    """Duration of grading."""
    finished_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    environment: dict[str, str] = field(default_factory=dict)
    """Environment variables, some of which the platform sets."""


def score_fraction(report: Report) -> float:
    """Return the score divided by the total, between 0 and 1; a bonus can make up for losses."""
    if not report.total:
        return 0.0
    return min(1.0, max(0.0, round(report.score / report.total, 6)))


def round_points(points: float) -> int:
    """Round to whole points, halves up; negative points become 0."""
    return max(0, math.floor(round(points, 6) + 0.5))


def is_hidden(verdict: Verdict) -> bool:
    """Return True if the student must not see the verdict yet."""
    return verdict.visibility != "visible"


def verdicts_by_function(report: Report) -> Iterator[tuple[str, list[Verdict]]]:
    """Yield each function's display name and verdicts, in the rubric's order."""
    for function, verdicts in groupby(report.verdicts, key=lambda verdict: verdict.function):
        yield escape_line(function or "The notebook as a whole"), list(verdicts)


def named_verdicts(report: Report) -> Iterator[tuple[str, Verdict]]:
    """Yield each verdict with its full name, ``function: title``."""
    for function, verdicts in verdicts_by_function(report):
        yield from ((f"{function}: {verdict.title}", verdict) for verdict in verdicts)


def verdict_text(verdict: Verdict) -> str:
    """Return the known mistake, feedback and hint of a verdict, with control characters escaped."""
    mistake = (
        f"Known mistake: {verdict.misconception.replace('_', ' ')}. "
        if verdict.misconception
        else ""
    )
    default = {"not_attempted": "Not attempted."}.get(verdict.outcome, "")
    text = escape_line(f"{mistake}{verdict.feedback}") or default
    return f"{text}\nHint: {escape_line(verdict.hint)}" if verdict.hint else text


def student_text(verdict: Verdict, max_chars: int) -> str:
    """Return the text of a verdict, or an empty string if it is hidden from the student."""
    return "" if is_hidden(verdict) else truncate(verdict_text(verdict), max_chars)


def summary_text(result: Result) -> str:
    """Summarise a result in a few lines, with control characters escaped."""
    if isinstance(result, Ungraded):
        submission_fault = "The notebook could not be graded"
        grader_fault = "The grader failed, not the notebook; ask for it to be run again"
        return escape_line(
            f"{grader_fault if result.grader_fault else submission_fault}: {result.reason}"
        )
    lines = [f"{result.lab_title}: {result.score:g} of {result.total:g} points."]
    if result.status == "partial":
        lines.append("Some criteria could not be judged: this score may be incomplete.")
    lines += [f"Cell {t.cell + 1}: {t.ename}: {t.evalue}" for t in result.notable_errors[:8]]
    return "\n".join(escape_line(text) for text in (*lines, *result.notes))


def truncate(text: str, max_chars: int) -> str:
    """Truncate a text and say so at its end."""
    return text if len(text) <= max_chars else text[:max_chars] + SHORTENED


def fit_to_limit(write: Callable[[int], str], limit: int) -> str:
    """Return the longest form of a result that the platform accepts.

    Args:
        write: Writes the result with texts of at most the given number of characters.
        limit: Size limit of the platform, in bytes of UTF-8.

    Returns:
        The first form that fits, or the shortest one if none does.
    """
    form = ""
    for max_chars in _TEXT_LIMITS:
        form = write(max_chars)
        if len(form.encode()) <= limit:
            break
    return form
