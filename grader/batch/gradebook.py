"""The gradebook of a batch: a row per submission, and a row per submission and criterion.

A cell is empty if nothing was graded, whatever the reason: a crash is the grader's fault, and an
unreadable file is a mistake to be corrected, not a grade. Zero is what a graded answer earned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from grader.batch.policy.late_policy import Lateness
from grader.batch.policy.overrides import OverriddenVerdict
from grader.render.csv import escape_formula, format_csv, format_points
from grader.report.model import Report, Verdict
from grader.rubric.model import Rubric

State = Literal["graded", "partial", "ungradable", "timed_out", "crashed"]
STATES: tuple[State, ...] = get_args(State)
COLUMNS_BEFORE = (
    "student",
    "name",
    "state",
    "score",
    "max_score",
    "late_days",
    "late_penalty",
    "final_score",
)
"""Columns of the gradebook before the criteria."""
COLUMNS_AFTER = ("notebook", "notes")
"""Columns of the gradebook after the criteria."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GradebookRow:
    """One submission with overrides and the late policy applied."""

    student: str
    """The key that the instructor's files name the student by: an id if there is one."""
    name: str
    """The full name; may be empty."""
    notebook: str
    """File name of the graded notebook; may be empty."""
    state: State
    report: Report | None
    lateness: Lateness | None
    """None without a late policy."""
    notes: tuple[str, ...] = ()

    @property
    def graded_report(self) -> Report | None:
        """The report, or None if nothing was graded: then there is no score, not even zero."""
        if self.report is None or self.report.status == "ungradable":
            return None
        return self.report if self.report.verdicts else None

    @property
    def final_score(self) -> float | None:
        """The score after the late penalty; None if nothing was graded."""
        report = self.graded_report
        if report is None or self.lateness is None:
            return report.score if report else None
        return self.lateness.final_score(report.score, report.total)


def gradebook_csv(rows: Iterable[GradebookRow], rubric: Rubric) -> str:
    """Return the gradebook: a header, the points possible, and a row per submission."""
    cells = [_cells(row, rubric) for row in sorted_rows(rows)]
    return format_csv([_header(rubric), _max_points_row(rubric), *cells])


def criteria_csv(rows: Iterable[GradebookRow], rubric: Rubric) -> str:
    """Return the table of criteria: a header, and a row per submission and criterion."""
    cells = [line for row in sorted_rows(rows) for line in _criteria_cells(row, rubric)]
    return format_csv([CRITERIA_COLUMNS, *cells])


def sorted_rows(rows: Iterable[GradebookRow]) -> list[GradebookRow]:
    """Sort by student, then notebook, so that the same submissions give the same bytes."""
    return sorted(rows, key=lambda row: (row.student, row.notebook, row.state))


def _header(rubric: Rubric) -> Sequence[str]:
    taken = {*COLUMNS_BEFORE, *COLUMNS_AFTER}
    ids = [f"criterion {c.id}" if c.id in taken else c.id for c in rubric.criteria]
    return [*COLUMNS_BEFORE, *ids, *COLUMNS_AFTER]


def _max_points_row(rubric: Rubric) -> Sequence[str]:
    """Return the row of points possible; it is no student's, so its key is empty."""
    total = sum(c.points for c in rubric.criteria if not c.bonus)
    known = {
        "name": "points possible",
        "score": format_points(total),
        "max_score": format_points(total),
    }
    points = [format_points(criterion.points) for criterion in rubric.criteria]
    before = (known.get(column, "") for column in COLUMNS_BEFORE)
    return [*before, *points, *("" for _ in COLUMNS_AFTER)]


def _cells(row: GradebookRow, rubric: Rubric) -> Sequence[str]:
    report, late = row.graded_report, row.lateness
    score, final = (report.score if report else None), row.final_score
    verdicts = _verdict_by_id(row)
    penalty = None if late is None or score is None or final is None else score - final
    return [
        escape_formula(row.student),
        escape_formula(row.name),
        row.state,
        _number_or_empty(score),
        _number_or_empty(report.total if report else None),
        _number_or_empty(late.days if late else None),
        _number_or_empty(penalty),
        _number_or_empty(final),
        *(_points(verdicts.get(criterion.id)) for criterion in rubric.criteria),
        escape_formula(row.notebook),
        escape_formula("; ".join(_notes(row))),
    ]


def _notes(row: GradebookRow) -> Iterable[str]:
    if row.lateness is not None and row.lateness.reason:
        prefix = "to review: " if row.lateness.review else ""
        yield prefix + row.lateness.reason
    yield from row.notes


def _criteria_cells(row: GradebookRow, rubric: Rubric) -> Iterable[Sequence[str]]:
    verdicts = _verdict_by_id(row)
    for criterion in rubric.criteria:
        verdict = verdicts.get(criterion.id)
        identity = (row.student, criterion.id, criterion.title, criterion.function or "")
        yield [*map(escape_formula, identity), *_verdict_cells(verdict, criterion.points)]


def _verdict_cells(verdict: Verdict | None, max_points: float) -> Sequence[str]:
    if verdict is None:
        return ["", "", format_points(max_points), "", "", "", ""]
    override = verdict if isinstance(verdict, OverriddenVerdict) else None
    return [
        verdict.outcome,
        format_points(verdict.points),
        format_points(verdict.max_points),
        format_points(override.machine.points if override else verdict.points),
        escape_formula(override.reason if override else ""),
        escape_formula(verdict.misconception or ""),
        escape_formula(verdict.variant or ""),
    ]


def _verdict_by_id(row: GradebookRow) -> dict[str, Verdict]:
    report = row.graded_report
    return {verdict.id: verdict for verdict in report.verdicts} if report else {}


def _points(verdict: Verdict | None) -> str:
    return "" if verdict is None else format_points(verdict.points)


def _number_or_empty(value: float | None) -> str:
    return "" if value is None else format_points(value)
