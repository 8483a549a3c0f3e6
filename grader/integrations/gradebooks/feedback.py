"""What a student reads beside the grade: the score, and where points were lost. Plain text."""

from collections.abc import Iterator

from grader.render.csv import number
from grader.render.escape import line
from grader.report.model import Report, Verdict

_MOST = 400
_WORDS = {"not_attempted": "not attempted", "blocked": "could not be judged"}


def feedback(report: Report, final: float, late: str = "") -> tuple[str, ...]:
    """A few lines; of hidden criteria nothing is said.

    Args:
        report: The submission's.
        final: What counts in the end.
        late: What is said of lateness; may be empty.
    """
    title = line(report.lab_title)
    head = f"{title}: {number(final)} of {number(report.total)} points."
    lines = [f"{number(report.score)} were earned; {line(late)}."] if late else []
    return (head, *lines, *_lost(report))


def _lost(report: Report) -> Iterator[str]:
    for verdict in report.verdicts:
        if (
            verdict.visibility == "visible"
            and verdict.points < verdict.max_points
            and not (verdict.bonus and not verdict.points)
        ):
            yield _line(verdict)


def _line(verdict: Verdict) -> str:
    where = f"{verdict.function}, " if verdict.function else ""
    said = line(verdict.feedback) or _WORDS.get(verdict.outcome, "")
    points = f"{number(verdict.points)} of {number(verdict.max_points)}"
    text = f"{line(where + verdict.title)}: {points}" + (f": {said}" if said else "")
    return text if len(text) <= _MOST else text[:_MOST] + "…"
