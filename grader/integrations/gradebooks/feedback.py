"""The plain-text feedback that a student reads beside the grade in the gradebook."""

from collections.abc import Iterator

from grader.files.escape import escape_line
from grader.render.csv import format_points
from grader.report.model import Report, Verdict

_MAX_LINE = 400
_DEFAULT_TEXT = {"not_attempted": "not attempted", "blocked": "could not be judged"}


def feedback_lines(report: Report, final: float, late: str = "") -> tuple[str, ...]:
    """Return the score and the criteria that lost points, without hidden ones, line by line.

    Args:
        report: The submission's report.
        final: The score after overrides and late penalties.
        late: Explanation of the late penalty; may be empty.
    """
    title = escape_line(report.lab_title)
    first_line = f"{title}: {format_points(final)} of {format_points(report.total)} points."
    lateness = (
        [f"{format_points(report.score)} points were earned; {escape_line(late)}."] if late else []
    )
    return (first_line, *lateness, *_lost_points(report))


def _lost_points(report: Report) -> Iterator[str]:
    for verdict in report.verdicts:
        is_missed_bonus = verdict.bonus and not verdict.points
        lost_points = verdict.points < verdict.max_points and not is_missed_bonus
        if verdict.visibility == "visible" and lost_points:
            yield _criterion_line(verdict)


def _criterion_line(verdict: Verdict) -> str:
    function = f"{verdict.function}, " if verdict.function else ""
    message = escape_line(verdict.feedback) or _DEFAULT_TEXT.get(verdict.outcome, "")
    points = f"{format_points(verdict.points)} of {format_points(verdict.max_points)}"
    suffix = f": {message}" if message else ""
    text = f"{escape_line(function + verdict.title)}: {points}{suffix}"
    return text if len(text) <= _MAX_LINE else text[:_MAX_LINE] + "…"
