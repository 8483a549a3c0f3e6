"""Blackboard: the file that it gives to work offline, with one column filled."""

import re
from collections.abc import Mapping, Sequence

from grader.files.untrusted import shown
from grader.integrations.gradebooks.columns import find, listed
from grader.integrations.gradebooks.csv_file import RosterError, Sheet
from grader.integrations.gradebooks.grades import Amounts, Grade, has_commas, read_number
from grader.integrations.gradebooks.matching import By, Exported, Wanted, match, people

_COLUMN = re.compile(r"(?P<title>.*?) *\[(?P<about>[^\]]*)\] *\|(?P<id>[0-9]+)", re.DOTALL)
_POINTS = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_USERNAME = (
    "username",
    "user name",
    "benutzername",
    "nom d'utilisateur",
    "nombre de usuario",
    "nome utente",
    "gebruikersnaam",
    "nome de usuário",
)
_STUDENT = ("student id", "studenten-id", "id étudiant", "id. de alumno", "id studente")
_LAST = ("last name", "nachname", "nom", "apellidos", "cognome", "achternaam", "sobrenome")
_FIRST = ("first name", "vorname", "prénom", "nombre", "nome", "voornaam")


def to_blackboard(grades: Sequence[Grade], roster: Sheet, wanted: Wanted) -> Exported:
    """The download with the column filled and every other byte kept: Blackboard matches by them.

    So names stay as they were, also where one looks like a formula.

    Args:
        grades: One a submission.
        roster: The download.
        wanted: The column.

    Raises:
        RosterError: It is no such download, or has no such column.
    """
    names = _columns(roster, _USERNAME)
    if not names:
        raise RosterError(
            f"{roster.name} has no column Username: take it from the Grade Center, Work Offline, "
            "Download, and leave its columns as they are."
        )
    column, maximum = _column(roster, wanted)
    rows = [row for row in range(1, len(roster.rows)) if roster.cell(row, names[0]).strip()]
    by = By(
        keys=[*names, *_columns(roster, _STUDENT)],
        names=[*_columns(roster, _LAST), *_columns(roster, _FIRST)],
        clean={names[0]: _bare},
    )
    matching = match(grades, people(roster, rows, by, only=wanted.match))
    amounts = Amounts(capped=False, commas=has_commas(roster.cell(row, column) for row in rows))
    found = {row: amounts.of(grade, maximum) for row, grade in matching.grades.items()}
    short = [row for row in found if not roster.has(row, column)]
    numbers = {r: value for r, value in found.items() if value is not None and r not in short}
    cells = {
        (row, column): amounts.text(value)
        for row, value in numbers.items()
        if read_number(roster.cell(row, column)) != value
    }
    return Exported(
        data=roster.filled(cells),
        students=len(rows),
        filled=len(numbers),
        matching=matching,
        notes=(*amounts.said(), *(f"Row {row + 1} ends before the column." for row in short)),
    )


def _columns(roster: Sheet, names: Sequence[str]) -> list[int]:
    titles = [title.lower() for title in roster.head]
    return [titles.index(name) for name in names if name in titles][:1]


def _column(roster: Sheet, wanted: Wanted) -> tuple[int, float | None]:
    """The column, and what it is out of; none is made, for it would be worth nothing."""
    columns = _titles(roster)
    column = find(columns, wanted, where=roster.name)
    if column is None:
        raise RosterError(
            f"{roster.name} has no column {shown(wanted.called)}: create it in Blackboard and "
            f"download again, or name one with --assignment. It has: {listed(columns)}."
        )
    points = _POINTS.search(columns[column]["about"])
    return column, read_number(points.group()) if points else None


def _titles(roster: Sheet) -> Mapping[int, re.Match[str]]:
    return {i: found for i, title in enumerate(roster.head) if (found := _COLUMN.fullmatch(title))}


def _bare(cell: str) -> str:
    """A username without the parentheses that older versions put around it."""
    return cell.strip().removeprefix("(").removesuffix(")")
