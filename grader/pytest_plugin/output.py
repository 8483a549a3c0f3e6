"""Verdicts and reports in the words of a test run: harmless text. Pure."""

from dataclasses import dataclass

from grader.integrations.results.base import heading, short
from grader.pytest_plugin.selection import WHOLE
from grader.render.csv import number
from grader.render.escape import line
from grader.report.model import Report, Verdict

_BRIEF = 200
_WORDS = {"not_attempted": "not attempted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One notebook's result, as numbers and as lines."""

    notebook: str
    properties: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]


def costs(verdict: Verdict) -> bool:
    """Whether points within the total were lost: a test that fails."""
    return not verdict.bonus and verdict.points < verdict.max_points


def properties(verdict: Verdict) -> list[tuple[str, str]]:
    """What a machine reads of a criterion."""
    found: dict[str, str | None] = {
        "points": number(verdict.points),
        "max_points": number(verdict.max_points),
        "outcome": verdict.outcome,
        "bonus": "true" if verdict.bonus else None,
        "misconception": verdict.misconception,
        "variant": verdict.variant,
    }
    return [(name, line(value)) for name, value in found.items() if value is not None]


def points(verdict: Verdict) -> str:
    """What it earned, in words."""
    kind = "bonus points" if verdict.bonus else "points"
    return f"{number(verdict.points)} of {number(verdict.max_points)} {kind}"


def brief(verdict: Verdict) -> str:
    """One line: what it earned, and why no more."""
    mistake = (verdict.misconception or "").replace("_", " ")
    why = "" if verdict.outcome == "not_attempted" else mistake or verdict.feedback
    return f"{points(verdict)}: {short(line(why), _BRIEF) or _outcome(verdict)}"


def told(verdict: Verdict, hints: int) -> str:
    """All there is to say on a criterion, a line each.

    Args:
        verdict: Its verdict.
        hints: How many hints, of up to three.
    """
    lines = [f"{line(verdict.title)}: {_outcome(verdict)}, {points(verdict)}"]
    if verdict.misconception:
        lines.append(f"Known mistake: {line(verdict.misconception.replace('_', ' '))}")
    if verdict.feedback:
        lines.append(line(verdict.feedback))
    lines += [f"Hint: {line(hint)}" for hint in verdict.hints[:hints]]
    return "\n".join(lines)


def summary(notebook: str, report: Report) -> Summary:
    """A notebook's score and notes.

    Args:
        notebook: Its name, on one line.
        report: On what was selected of it.
    """
    environment = report.environment
    world = f"on {environment['model']}, {environment['device']}, torch {environment['torch']}"
    # Of bonus criteria alone, the total is nought: then it is the bonus that is out of something.
    total = number(report.total or sum(verdict.max_points for verdict in report.verdicts))
    score = number(report.score)
    lines = [f"{notebook}: Score {score} / {total} {line(world)}"]
    lines += heading(report).splitlines()[1:]
    if environment.get("isolation") == "none":
        lines.append(
            "The notebook ran WITHOUT ISOLATION: grade only notebooks you trust "
            "(grade doctor says what is missing)."
        )
    found = [(f"{notebook}:score", score), (f"{notebook}:max_score", total)]
    for verdict in report.verdicts:
        test = f"{notebook}::{verdict.function or WHOLE}::{verdict.id}"
        found += [(f"{test}:{name}", value) for name, value in properties(verdict)]
    return Summary(notebook=notebook, properties=tuple(found), lines=tuple(lines))


def _outcome(verdict: Verdict) -> str:
    return _WORDS.get(verdict.outcome, verdict.outcome)
