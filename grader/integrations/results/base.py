"""What a platform is told: a report, or that there is none and why."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

from grader.render.escape import line
from grader.report.model import Report, Verdict


# MERGED: Results under a platform's size limit: texts are shortened, and it is said that they are.
# MERGED: Whole points for platforms that know no others.
@dataclass(frozen=True, slots=True, kw_only=True)
class Ungraded:
    """A submission that no report could be made of."""

    reason: str
    """One line or a few: what is wrong and what to do."""
    ours: bool = False
    """Whether the grader's side failed, and not the file."""
    total: float = 100.0
    """Points that could have been earned."""


Result = Report | Ungraded


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a platform's writer needs to know besides the result."""

    version: str = ""
    """The grader's."""
    seconds: float = 0.0
    """How long grading took."""
    when: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    names: dict[str, str] = field(default_factory=dict)
    """What the platform says in its environment, by the names of variables."""


def share(report: Report) -> float:
    """The score as a share of the total: from 0 to 1, a bonus making up for what was lost."""
    if not report.total:
        return 0.0
    return min(1.0, max(0.0, round(report.score / report.total, 6)))


def is_hidden(verdict: Verdict) -> bool:
    """Whether a student is not to see it for now."""
    return verdict.visibility != "visible"


def by_function(report: Report) -> Iterator[tuple[str, list[Verdict]]]:
    """The criteria of each function, in the rubric's order."""
    for function, verdicts in groupby(report.verdicts, key=lambda verdict: verdict.function):
        yield line(function or "The notebook as a whole"), list(verdicts)


def entries(report: Report) -> Iterator[tuple[str, Verdict]]:
    """Each criterion with the name of what it is about."""
    for function, verdicts in by_function(report):
        yield from ((function, verdict) for verdict in verdicts)


def said(verdict: Verdict) -> str:
    """What there is to say on a criterion, as harmless text."""
    mistake = (
        f"Known mistake: {verdict.misconception.replace('_', ' ')}. "
        if verdict.misconception
        else ""
    )
    words = {"not_attempted": "Not attempted."}.get(verdict.outcome, "")
    told = line(f"{mistake}{verdict.feedback}") or words
    return f"{told}\nHint: {line(verdict.hint)}" if verdict.hint else told


def heading(result: Result) -> str:
    """The result in a few lines of harmless text."""
    if isinstance(result, Ungraded):
        theirs = "The notebook could not be graded"
        ours = "The grader failed, not the notebook; ask for it to be run again"
        return line(f"{ours if result.ours else theirs}: {result.reason}")
    lines = [f"{result.lab_title}: {result.score:g} of {result.total:g} points."]
    if result.status == "partial":
        lines.append("Some criteria could not be judged: this score may be incomplete.")
    lines += [f"Cell {t.cell + 1}: {t.ename}: {t.evalue}" for t in result.telling_troubles[:8]]
    return "\n".join(line(told) for told in (*lines, *result.notes))


SHORTENED = " … (shortened)"
_STEPS = (10**9, 8000, 2000, 500, 100, 0)


def short(text: str, most: int) -> str:
    """At most so many characters of a text, with a word about it where some are missing.

    Args:
        text: The text.
        most: How many characters of it are kept.
    """
    return text if len(text) <= most else text[:most] + SHORTENED


def fitting(write: Callable[[int], str], limit: int) -> str:
    """The longest form of a result that a platform takes.

    Args:
        write: Writes it with texts of at most so many characters.
        limit: Bytes of UTF-8 that the platform takes.

    Returns:
        The first form that fits, or the shortest there is.
    """
    form = ""
    for most in _STEPS:
        form = write(most)
        if len(form.encode()) <= limit:
            break
    return form


def whole(points: float) -> int:
    """Half a point and more is rounded up, as a person would.

    Args:
        points: At least 0; what is less counts as 0.
    """
    return max(0, math.floor(round(points, 6) + 0.5))
