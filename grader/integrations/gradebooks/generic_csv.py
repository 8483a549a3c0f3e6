"""A plain table for any other gradebook: one row a student."""

from collections.abc import Sequence

from grader.integrations.gradebooks.csv_file import Sheet, table
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.matching import Exported, Wanted
from grader.integrations.gradebooks.roster import Student, students
from grader.integrations.gradebooks.student_keys import neutral
from grader.render.csv import number

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


def to_plain(grades: Sequence[Grade], roster: Sheet | None, wanted: Wanted) -> Exported:
    """Everyone of the roster, and every submission.

    Args:
        grades: One a submission.
        roster: A list of students, if there is one.
        wanted: The lab.

    Raises:
        RosterError: The roster does not say who is who.
    """
    listed, matching = students(grades, roster, wanted)
    rows = [_row(student, wanted) for student in listed]
    return Exported(
        data=table([list(COLUMNS), *rows], delimiter=",", newline="\r\n").encode(),
        students=len(rows),
        filled=sum(bool(row[COLUMNS.index("score")]) for row in rows),
        matching=matching,
    )


def _row(student: Student, wanted: Wanted) -> list[str]:
    grade = student.grade
    about = map(neutral, (student.id, student.name, student.email, student.login))
    if grade is None:
        return [*about, "", number(wanted.total), "", "", "", ""]
    reason = (grade.reason,) if grade.reason else ()
    return [
        *about,
        "" if grade.score is None else number(grade.score),
        number(grade.total),
        _percent(grade),
        grade.state,
        neutral(grade.student),
        neutral("; ".join((*reason, *grade.notes))),
    ]


def _percent(grade: Grade) -> str:
    if grade.score is None or not grade.total:
        return ""
    return number(round(100 * grade.score / grade.total, 2))
