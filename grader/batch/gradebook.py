"""One submission's row in a gradebook: whose it is, how it ended and what it earned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from grader.batch.policy.late_policy import Lateness
from grader.batch.policy.overrides import SetVerdict
from grader.render.csv import inert, number, table
from grader.report.model import Report, Verdict
from grader.rubric.model import Rubric

# MERGED: A batch as two tables: a row a submission, and a row a submission and criterion. Pure.  A cell is empty where nothing was judged, whatever the reason: a crash is ours, and a file that cannot be read is a mistake to be put right, not a grade. Zero is what a judged answer earned.
State = Literal["graded", "partial", "ungradable", "timed_out", "crashed"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A submission after grading, overrides applied."""

    student: str
    """The key by which files of an instructor name the student: an id where there is one."""
    name: str
    """As a person reads it; may be empty."""
    notebook: str
    """The file that was graded; may be empty."""
    state: State
    report: Report | None
    lateness: Lateness | None
    """None where there is no late policy."""
    notes: tuple[str, ...] = ()

    @property
    def judged(self) -> Report | None:
        """The report where something was judged: without one no number stands, not even zero."""
        if self.report is None or self.report.status == "ungradable":
            return None
        return self.report if self.report.verdicts else None

    @property
    def final_score(self) -> float | None:
        """What lateness leaves of the score; None where nothing was judged."""
        report = self.judged
        if report is None or self.lateness is None:
            return report.score if report else None
        return self.lateness.final_score(report.score, report.total)


BEFORE = (
    "student",
    "name",
    "state",
    "score",
    "max_score",
    "late_days",
    "late_penalty",
    "final_score",
)
AFTER = ("notebook", "notes")
CRITERIA_COLUMNS = (
    "student",
    "criterion",
    "title",
    "function",
    "outcome",
    "points",
    "max_points",
    "machine_points",
    "override_reason",
    "misconception",
    "variant",
)


def gradebook_csv(entries: Iterable[Entry], rubric: Rubric) -> str:
    """A head, the points possible, and one row a submission in the order of the students.

    Args:
        entries: Every submission, whatever became of it.
        rubric: The one they were graded by, for the columns.
    """
    rows = [_row(entry, rubric) for entry in in_order(entries)]
    return table([_head(rubric), _possible(rubric), *rows])


def criteria_csv(entries: Iterable[Entry], rubric: Rubric) -> str:
    """A head, and one row a submission and criterion, in the order of the students."""
    rows = [row for entry in in_order(entries) for row in _criteria(entry, rubric)]
    return table([CRITERIA_COLUMNS, *rows])


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By student, then notebook: the same submissions give the same bytes."""
    return sorted(entries, key=lambda entry: (entry.student, entry.notebook, entry.state))


def _head(rubric: Rubric) -> Sequence[str]:
    taken = {*BEFORE, *AFTER}
    ids = [f"criterion {c.id}" if c.id in taken else c.id for c in rubric.criteria]
    return [*BEFORE, *ids, *AFTER]


def _possible(rubric: Rubric) -> Sequence[str]:
    """The row of maxima: no student's, so without a key."""
    total = sum(c.points for c in rubric.criteria if not c.bonus)
    known = {"name": "points possible", "score": number(total), "max_score": number(total)}
    most = [number(criterion.points) for criterion in rubric.criteria]
    return [*(known.get(column, "") for column in BEFORE), *most, *("" for _ in AFTER)]


def _row(entry: Entry, rubric: Rubric) -> Sequence[str]:
    report, late = entry.judged, entry.lateness
    score, final = (report.score if report else None), entry.final_score
    verdicts = _verdicts(entry)
    taken = None if late is None or score is None or final is None else score - final
    return [
        inert(entry.student),
        inert(entry.name),
        entry.state,
        _cell(score),
        _cell(report.total if report else None),
        _cell(late.days if late else None),
        _cell(taken),
        _cell(final),
        *(_points(verdicts.get(criterion.id)) for criterion in rubric.criteria),
        inert(entry.notebook),
        inert("; ".join(_notes(entry))),
    ]


def _notes(entry: Entry) -> Iterable[str]:
    if entry.lateness is not None and entry.lateness.reason:
        asked = "to review: " if entry.lateness.review else ""
        yield asked + entry.lateness.reason
    yield from entry.notes


def _criteria(entry: Entry, rubric: Rubric) -> Iterable[Sequence[str]]:
    verdicts = _verdicts(entry)
    for criterion in rubric.criteria:
        verdict = verdicts.get(criterion.id)
        about = (entry.student, criterion.id, criterion.title, criterion.function or "")
        yield [*map(inert, about), *_found(verdict, criterion.points)]


def _found(verdict: Verdict | None, most: float) -> Sequence[str]:
    if verdict is None:
        return ["", "", number(most), "", "", "", ""]
    by_hand = verdict if isinstance(verdict, SetVerdict) else None
    return [
        verdict.outcome,
        number(verdict.points),
        number(verdict.max_points),
        number(by_hand.machine.points if by_hand else verdict.points),
        inert(by_hand.reason if by_hand else ""),
        inert(verdict.misconception or ""),
        inert(verdict.variant or ""),
    ]


def _verdicts(entry: Entry) -> dict[str, Verdict]:
    return {verdict.id: verdict for verdict in entry.judged.verdicts} if entry.judged else {}


def _points(verdict: Verdict | None) -> str:
    return "" if verdict is None else number(verdict.points)


def _cell(value: float | None) -> str:
    return "" if value is None else number(value)
