"""Formats verdicts and reports as text for pytest, with control characters escaped."""

from dataclasses import dataclass

from grader.files.escape import escape_line
from grader.integrations.results.base import summary_text, truncate
from grader.pytest_plugin.selection import NO_FUNCTION
from grader.render.csv import format_points
from grader.report.model import Report, Verdict

_MAX_REASON = 200
_OUTCOME_WORDS = {"not_attempted": "not attempted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A notebook's result as JUnit properties and as lines for the terminal."""

    notebook: str
    properties: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]


def loses_points(verdict: Verdict) -> bool:
    """Return True if the criterion lost points that count towards the total."""
    return not verdict.bonus and verdict.points < verdict.max_points


def properties(verdict: Verdict) -> list[tuple[str, str]]:
    """Return the JUnit properties of a criterion."""
    values: dict[str, str | None] = {
        "points": format_points(verdict.points),
        "max_points": format_points(verdict.max_points),
        "outcome": verdict.outcome,
        "bonus": "true" if verdict.bonus else None,
        "misconception": verdict.misconception,
        "variant": verdict.variant,
    }
    return [(name, escape_line(value)) for name, value in values.items() if value is not None]


def points_text(verdict: Verdict) -> str:
    """Return the points of a criterion in words."""
    kind = "bonus points" if verdict.bonus else "points"
    return f"{format_points(verdict.points)} of {format_points(verdict.max_points)} {kind}"


def one_line_text(verdict: Verdict) -> str:
    """Return the points and the main reason on one line."""
    mistake = (verdict.misconception or "").replace("_", " ")
    reason = "" if verdict.outcome == "not_attempted" else mistake or verdict.feedback
    reason = truncate(escape_line(reason), _MAX_REASON) or _outcome_text(verdict)
    return f"{points_text(verdict)}: {reason}"


def full_text(verdict: Verdict, hints: int) -> str:
    """Return title, points, known mistake, feedback and hints, a line each.

    Args:
        hints: Number of hints, at most three.
    """
    lines = [f"{escape_line(verdict.title)}: {_outcome_text(verdict)}, {points_text(verdict)}"]
    if verdict.misconception:
        lines.append(f"Known mistake: {escape_line(verdict.misconception.replace('_', ' '))}")
    if verdict.feedback:
        lines.append(escape_line(verdict.feedback))
    lines += [f"Hint: {escape_line(hint)}" for hint in verdict.hints[:hints]]
    return "\n".join(lines)


def summary(notebook: str, report: Report) -> Summary:
    """Summarise a notebook's score and notes.

    Args:
        notebook: The notebook's name, on one line.
        report: Report on the selected criteria.
    """
    environment = report.environment
    setup = f"on {environment['model']}, {environment['device']}, torch {environment['torch']}"
    # If only bonus criteria are selected the total is 0; show the possible bonus instead.
    total = format_points(report.total or sum(verdict.max_points for verdict in report.verdicts))
    score = format_points(report.score)
    lines = [f"{notebook}: Score {score} / {total} {escape_line(setup)}"]
    lines += summary_text(report).splitlines()[1:]
    if environment.get("isolation") == "none":
        lines.append(
            "The notebook ran WITHOUT ISOLATION: grade only notebooks you trust "
            "(grade doctor says what is missing)."
        )
    values = [(f"{notebook}:score", score), (f"{notebook}:max_score", total)]
    for verdict in report.verdicts:
        test = f"{notebook}::{verdict.function or NO_FUNCTION}::{verdict.id}"
        values += [(f"{test}:{name}", value) for name, value in properties(verdict)]
    return Summary(notebook=notebook, properties=tuple(values), lines=tuple(lines))


def _outcome_text(verdict: Verdict) -> str:
    return _OUTCOME_WORDS.get(verdict.outcome, verdict.outcome)
