"""Joins submissions with any CSV list of students, for gradebooks that need no platform export.

The list needs a column with an id, an email address, a login or a name.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.integrations.gradebooks.columns import columns_titled
from grader.integrations.gradebooks.csv_file import CsvFile, RosterError, format_table
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.matching import (
    ExportOptions,
    ExportResult,
    MatchColumns,
    MatchResult,
    RosterRow,
    match,
    roster_rows,
)
from grader.integrations.gradebooks.student_keys import normalize_cell_key

_ID = ("id", "studentid", "student", "sid", "orgdefinedid", "sisuserid", "lmsuserid", "idnumber")
_LOGIN = ("login", "loginid", "username", "user", "netid", "sisloginid")
_EMAIL = ("email", "emailaddress", "mail", "emailadresse")
_SUBMISSION = ("submission",)
"""Key column of the table that ``--to csv`` writes."""
_NAME = ("name", "fullname", "studentname")
_LAST_NAME = ("lastname", "last", "surname", "familyname", "nachname")
_FIRST_NAME = ("firstname", "first", "givenname", "vorname")
_POINTS_POSSIBLE = "points possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentRow:
    """A row to write: a student of the roster, a submission, or both."""

    id: str
    name: str = ""
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    login: str = ""
    grade: Grade | None = None


def standalone_csv(  # noqa: PLR0913 (the writers' parameters, and what differs between them)
    columns: Sequence[str],
    format_row: Callable[[StudentRow, ExportOptions], list[str]],
    grades: Sequence[Grade],
    roster: CsvFile | None,
    options: ExportOptions,
    *,
    newline: str,
) -> ExportResult:
    """Write a CSV file with one row per student; it must have a column ``score``.

    Raises:
        RosterError: No column of the roster identifies students.
    """
    students, matching = join_roster(grades, roster, options)
    rows = [format_row(student, options) for student in students]
    return ExportResult(
        data=format_table([list(columns), *rows], delimiter=",", newline=newline).encode(),
        student_count=len(rows),
        filled_count=sum(bool(row[columns.index("score")]) for row in rows),
        matching=matching,
    )


def join_roster(
    grades: Sequence[Grade], roster: CsvFile | None, options: ExportOptions
) -> tuple[list[StudentRow], MatchResult]:
    """Return the roster's students in its order, then the submissions that match none of them.

    Raises:
        RosterError: No column of the roster identifies students.
    """
    by_student = sorted(grades, key=lambda grade: grade.student)
    if roster is None:
        matching = MatchResult(grades={}, unmatched=(), ambiguous=(), without_submission=())
        return [_submission_row(grade) for grade in by_student], matching
    keys, names = _key_columns(roster), _name_columns(roster)
    if not keys and not names:
        raise RosterError(
            f"{roster.name} does not identify students: its first line must name a column id, "
            "student, login, email or name."
        )
    rows = [row for row in range(1, len(roster.rows)) if _is_student(roster, row, keys, names)]
    match_columns = MatchColumns(keys=keys, names=names)
    persons = roster_rows(roster, rows, match_columns, only=options.match)
    matching = match(by_student, persons)
    listed = [_roster_student(roster, person, names, matching) for person in persons]
    return [*listed, *(_submission_row(grade) for grade in matching.unmatched)], matching


def _is_student(roster: CsvFile, row: int, keys: Sequence[int], names: Sequence[int]) -> bool:
    """Return False for empty rows and for the row of maxima in the grader's own gradebook."""
    cells = {cell for c in (*keys, *names) if (cell := roster.cell(row, c).strip().lower())}
    return bool(cells) and cells != {_POINTS_POSSIBLE}


def _columns(roster: CsvFile, titles: Sequence[str]) -> list[int]:
    return columns_titled(roster, titles, lambda title: re.sub(r"[\s_.-]", "", title.lower()))


def _key_columns(roster: CsvFile) -> list[int]:
    return [c for titles in (_ID, _LOGIN, _EMAIL, _SUBMISSION) for c in _columns(roster, titles)]


def _name_columns(roster: CsvFile) -> list[int]:
    """Return the name's column, or the last and first name's, or Canvas's ``Student``."""
    last_and_first = [*_columns(roster, _LAST_NAME)[:1], *_columns(roster, _FIRST_NAME)[:1]]
    return _columns(roster, _NAME)[:1] or last_and_first or _columns(roster, ("student",))


def _roster_student(
    roster: CsvFile, person: RosterRow, name_columns: Sequence[int], matching: MatchResult
) -> StudentRow:
    grade = matching.grades.get(person.row)
    name_cells = [normalize_cell_key(roster.cell(person.row, column)) for column in name_columns]
    roster_name = ", ".join(cell for cell in name_cells if cell)
    name = roster_name or (_display_name(grade) if grade else "")
    has_both = bool(roster_name) and len(name_cells) > 1
    last_name, first_name = name_cells if has_both else _split_name(name)
    key_cells = [
        normalize_cell_key(roster.cell(person.row, column)) for column in _key_columns(roster)
    ]
    return StudentRow(
        id=next(filter(None, key_cells), grade.student if grade else ""),
        name=name,
        last_name=last_name,
        first_name=first_name,
        email=_first_cell(roster, person, _EMAIL),
        login=_first_cell(roster, person, _LOGIN),
        grade=grade,
    )


def _first_cell(roster: CsvFile, person: RosterRow, titles: Sequence[str]) -> str:
    return next(
        (normalize_cell_key(roster.cell(person.row, c)) for c in _columns(roster, titles)), ""
    )


def _submission_row(grade: Grade) -> StudentRow:
    name = _display_name(grade)
    last_name, first_name = _split_name(name)
    return StudentRow(
        id=grade.student, name=name, last_name=last_name, first_name=first_name, grade=grade
    )


def _display_name(grade: Grade) -> str:
    return "" if grade.name == grade.student else grade.name


def _split_name(name: str) -> tuple[str, str]:
    """Split a name at a comma into last and first name; without one, all is the last name."""
    last_name, _, first_name = name.partition(",")
    return last_name.strip(), first_name.strip()
