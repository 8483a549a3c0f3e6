"""Any list of students as a roster: a CSV file with an id, an address, a login or a name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.integrations.gradebooks.csv_file import RosterError, Sheet
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.matching import By, Matching, Person, Wanted, match, people
from grader.integrations.gradebooks.student_keys import key

_ID = ("id", "studentid", "student", "sid", "orgdefinedid", "sisuserid", "lmsuserid", "idnumber")
_LOGIN = ("login", "loginid", "username", "user", "netid", "sisloginid")
_EMAIL = ("email", "emailaddress", "mail", "emailadresse")
_OURS = ("submission",)
"""The key in our own table."""
_NAME = ("name", "fullname", "studentname")
_LAST = ("lastname", "last", "surname", "familyname", "nachname")
_FIRST = ("firstname", "first", "givenname", "vorname")
_POSSIBLE = "points possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """A line of a list: a student of the roster, a submission, or both."""

    id: str
    name: str = ""
    last: str = ""
    first: str = ""
    email: str = ""
    login: str = ""
    grade: Grade | None = None


def students(
    grades: Sequence[Grade], roster: Sheet | None, wanted: Wanted
) -> tuple[list[Student], Matching]:
    """Everyone: the roster's students in its order, then submissions that are in no row of it.

    Args:
        grades: One a submission.
        roster: A list of students, if there is one.
        wanted: What to match by.

    Raises:
        RosterError: No column of the roster says who is who.
    """
    in_order = sorted(grades, key=lambda grade: grade.student)
    if roster is None:
        every = Matching(grades={}, alone=(), doubtful=(), absent=())
        return [_submission(grade) for grade in in_order], every
    keys, names = _keys(roster), _names(roster)
    if not keys and not names:
        raise RosterError(
            f"{roster.name} does not say who is who: its first line must name a column id, "
            "student, login, email or name."
        )
    rows = [row for row in range(1, len(roster.rows)) if _is_student(roster, row, keys, names)]
    persons = people(roster, rows, By(keys=keys, names=names), only=wanted.match)
    matching = match(in_order, persons)
    listed = [_student(roster, person, names, matching) for person in persons]
    return [*listed, *(_submission(grade) for grade in matching.alone)], matching


def _is_student(roster: Sheet, row: int, keys: Sequence[int], names: Sequence[int]) -> bool:
    """Whether it is a row of a student, and not our own gradebook's row of maxima."""
    said = {cell for c in (*keys, *names) if (cell := roster.cell(row, c).strip().lower())}
    return bool(said) and said != {_POSSIBLE}


def _columns(roster: Sheet, names: Sequence[str]) -> list[int]:
    titles = [re.sub(r"[\s_.-]", "", title.lower()) for title in roster.head]
    return [titles.index(name) for name in names if name in titles]


def _keys(roster: Sheet) -> list[int]:
    return [c for names in (_ID, _LOGIN, _EMAIL, _OURS) for c in _columns(roster, names)]


def _names(roster: Sheet) -> list[int]:
    """The name's column; or those of the last and first name; or ``Student``, as in Canvas."""
    pair = [*_columns(roster, _LAST)[:1], *_columns(roster, _FIRST)[:1]]
    return _columns(roster, _NAME)[:1] or pair or _columns(roster, ("student",))


def _student(roster: Sheet, person: Person, names: Sequence[int], matching: Matching) -> Student:
    grade = matching.grades.get(person.row)
    cells = [key(roster.cell(person.row, column)) for column in names]
    given = ", ".join(cell for cell in cells if cell)
    name = given or (_name(grade) if grade else "")
    last, first = cells if given and len(cells) > 1 else _parted(name)
    known = [cell for column in _keys(roster) if (cell := key(roster.cell(person.row, column)))]
    return Student(
        id=next(iter(known), grade.student if grade else ""),
        name=name,
        last=last,
        first=first,
        email=_first(roster, person, _EMAIL),
        login=_first(roster, person, _LOGIN),
        grade=grade,
    )


def _first(roster: Sheet, person: Person, names: Sequence[str]) -> str:
    return next((key(roster.cell(person.row, c)) for c in _columns(roster, names)), "")


def _submission(grade: Grade) -> Student:
    last, first = _parted(_name(grade))
    return Student(id=grade.student, name=_name(grade), last=last, first=first, grade=grade)


def _name(grade: Grade) -> str:
    return "" if grade.name == grade.student else grade.name


def _parted(name: str) -> tuple[str, str]:
    """The last and the first name where a comma parts them; else all is the last."""
    last, _, first = name.partition(",")
    return last.strip(), first.strip()
