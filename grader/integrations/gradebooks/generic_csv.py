"""A generic CSV table for any other gradebook, one row per student."""

from collections.abc import Sequence

from grader.integrations.gradebooks.csv_file import CsvFile
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.matching import ExportOptions, ExportResult
from grader.integrations.gradebooks.roster import StudentRow, standalone_csv
from grader.integrations.gradebooks.student_keys import escape_formula_once
from grader.render.csv import format_points

COLUMNS = (
    "student",
    "name",
    "email",
    "login",
    "score",
    "max_score",
    "percent",
    "state",
    "submission",
    "notes",
)


def to_generic_csv(
    grades: Sequence[Grade], roster: CsvFile | None, options: ExportOptions
) -> ExportResult:
    """Write a table of all students of the roster and all submissions.

    Args:
        grades: One per submission.
        roster: A list of students, if there is one.
        options: The lab, and how to match rows.

    Raises:
        RosterError: No column of the roster identifies students.
    """
    return standalone_csv(COLUMNS, _row, grades, roster, options, newline="\r\n")


def _row(student: StudentRow, options: ExportOptions) -> list[str]:
    grade = student.grade
    identity = map(escape_formula_once, (student.id, student.name, student.email, student.login))
    if grade is None:
        return [*identity, "", format_points(options.total), "", "", "", ""]
    reason = (grade.reason,) if grade.reason else ()
    return [
        *identity,
        "" if grade.score is None else format_points(grade.score),
        format_points(grade.total),
        _percent(grade),
        grade.state,
        escape_formula_once(grade.student),
        escape_formula_once("; ".join((*reason, *grade.notes))),
    ]


def _percent(grade: Grade) -> str:
    if grade.score is None or not grade.total:
        return ""
    return format_points(round(100 * grade.score / grade.total, 2))
