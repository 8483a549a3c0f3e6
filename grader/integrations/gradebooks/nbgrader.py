"""nbgrader's export: the columns and formats of its CSV plugin, one row per student."""

from collections.abc import Sequence
from datetime import UTC, datetime

from grader.integrations.gradebooks.csv_file import CsvFile
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.matching import ExportOptions, ExportResult
from grader.integrations.gradebooks.roster import StudentRow, standalone_csv
from grader.integrations.gradebooks.student_keys import escape_formula_once

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def to_nbgrader(
    grades: Sequence[Grade], roster: CsvFile | None, options: ExportOptions
) -> ExportResult:
    """Write the table of ``nbgrader export``, but quoted, so that a comma in a name breaks no row.

    nbgrader gives 0 to students without a submission. Here their score is empty, because a
    submission may exist under a name that was not recognised.

    Args:
        grades: One per submission.
        roster: A list of students, if there is one.
        options: The assignment, and how to match rows.

    Raises:
        RosterError: No column of the roster identifies students.
    """
    return standalone_csv(COLUMNS, _row, grades, roster, options, newline="\n")


def _row(student: StudentRow, options: ExportOptions) -> list[str]:
    grade = student.grade
    identity = (student.id, student.last_name, student.first_name, student.email)
    return [
        escape_formula_once(options.lab if options.assignment is None else options.assignment),
        _format_time(options.due),
        _format_time(grade.submitted if grade else None),
        *map(escape_formula_once, identity),
        *_scores(grade),
        _format_number(grade.total if grade else options.total),
    ]


def _scores(grade: Grade | None) -> list[str]:
    """Return the raw score, the late penalty and the score, which is never below zero."""
    if grade is None or grade.score is None:
        return ["", "", ""]
    raw = grade.score if grade.raw is None else grade.raw
    penalty = max(0.0, raw - grade.score)
    return [_format_number(raw), _format_number(penalty), _format_number(max(0.0, raw - penalty))]


def _format_number(value: float) -> str:
    return str(round(float(value), 4))


def _format_time(time: datetime | None) -> str:
    """Format a time in UTC without an offset, as nbgrader does."""
    return "" if time is None else str(time.astimezone(UTC).replace(tzinfo=None))
