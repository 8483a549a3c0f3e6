"""nbgrader's own export: its columns, one row a student, as its plugin writes them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from grader.integrations.gradebooks.csv_file import Sheet, table
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.matching import Exported, Wanted
from grader.integrations.gradebooks.roster import Student, students
from grader.integrations.gradebooks.student_keys import neutral

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


def to_nbgrader(grades: Sequence[Grade], roster: Sheet | None, wanted: Wanted) -> Exported:
    """The table that ``nbgrader export`` gives, through a CSV writer: a comma breaks no row.

    nbgrader gives zero to whoever handed in nothing. Here such a row has no score: it may as well
    be a name that was not recognised.

    Args:
        grades: One a submission.
        roster: A list of students, if there is one.
        wanted: The assignment.

    Raises:
        RosterError: The roster does not say who is who.
    """
    listed, matching = students(grades, roster, wanted)
    rows = [_row(student, wanted) for student in listed]
    return Exported(
        data=table([list(COLUMNS), *rows], delimiter=",", newline="\n").encode(),
        students=len(rows),
        filled=sum(bool(row[COLUMNS.index("score")]) for row in rows),
        matching=matching,
    )


def _row(student: Student, wanted: Wanted) -> list[str]:
    grade = student.grade
    about = (student.id, student.last, student.first, student.email)
    return [
        neutral(wanted.lab if wanted.assignment is None else wanted.assignment),
        _moment(wanted.due),
        _moment(grade.submitted if grade else None),
        *map(neutral, about),
        *_scores(grade),
        _number(grade.total if grade else wanted.total),
    ]


def _scores(grade: Grade | None) -> list[str]:
    """The score, what lateness takes of it, and what is left: never less than nothing."""
    if grade is None or grade.score is None:
        return ["", "", ""]
    raw = grade.score if grade.raw is None else grade.raw
    penalty = max(0.0, raw - grade.score)
    return [_number(raw), _number(penalty), _number(max(0.0, raw - penalty))]


def _number(value: float) -> str:
    return str(round(float(value), 4))


def _moment(moment: datetime | None) -> str:
    """As nbgrader has it: in UTC, without saying so."""
    return "" if moment is None else str(moment.astimezone(UTC).replace(tzinfo=None))
