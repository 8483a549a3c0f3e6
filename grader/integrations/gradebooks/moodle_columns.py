"""The columns of Moodle's worksheet: by their titles, or in other languages by their places."""

import re
from dataclasses import dataclass

from grader.integrations.gradebooks.csv_file import RosterError, Sheet
from grader.integrations.gradebooks.grades import read_number

# MERGED: Moodle's words for the columns of its worksheet, in some of its languages, in small letters.
IDENTIFIER = frozenset(
    {
        "identifier",
        "id",
        "identifiant",
        "identificador",
        "identificativo",
        "identificatie",
        "número de identificação",
    }
)
GRADE = frozenset(
    {"grade", "bewertung", "note", "calificación", "valutazione", "nota", "avaliação", "cijfer"}
)
MAXIMUM = frozenset(
    {
        "maximum grade",
        "bestwertung",
        "note maximale",
        "calificación máxima",
        "valutazione massima",
        "punteggio massimo",
        "nota máxima",
        "maximumcijfer",
    }
)
SCALE = frozenset({"scale", "skala", "barème", "escala", "scala", "schaal"})
"""Stands in place of the maximum where grades are words."""
CHANGEABLE = frozenset(
    {
        "grade can be changed",
        "bewertung kann geändert werden",
        "la note peut être modifiée",
        "la calificación puede ser cambiada",
        "la valutazione può essere modificata",
        "a nota pode ser alterada",
        "a nota pode ser alterada.",
        "nota pode ser alterada",
    }
)
FEEDBACK = frozenset(
    {
        "feedback comments",
        "feedback als kommentar",
        "feedback par commentaires",
        "commentaires de feedback",
        "comentarios de retroalimentación",
        "commenti di feedback",
        "comentários de feedback",
    }
)
NAME = frozenset(
    {
        "full name",
        "vollständiger name",
        "nom complet",
        "nombre completo",
        "nome completo",
        "volledige naam",
    }
)
KEYS = frozenset(
    {
        "email address",
        "e-mail-adresse",
        "adresse de courriel",
        "dirección de correo",
        "dirección de correo electrónico",
        "indirizzo email",
        "endereço de email",
        "e-mailadres",
        "id number",
        "id-nummer",
        "numéro d'identification",
        "número de id",
        "username",
        "anmeldename",
        "nom d'utilisateur",
        "nombre de usuario",
    }
)
"""Columns beside the identifier that are one student's alone."""
NO = frozenset({"no", "nein", "non", "não", "nee", "nej", "nei", "ne", "nie", "ei", "нет"})
"""Of a grade: it cannot be changed."""


_PARTICIPANT = re.compile(r"(?P<word>[^\d]*\D)(?P<id>[0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where things stand in a worksheet; None where it has no such column."""

    identifier: int
    grade: int
    maximum: int | None
    changeable: int | None
    feedback: int | None
    names: tuple[int, ...]
    keys: tuple[int, ...]


def columns_of(sheet: Sheet) -> Columns:
    """The columns of a worksheet.

    Raises:
        RosterError: It has no identifiers or no grades, or no numbers are wanted.
    """
    if _named(sheet, SCALE) is not None:
        raise RosterError(
            f"{sheet.name} is of an assignment that is graded by a scale of words: give it points "
            "as its maximum grade in Moodle, and download the worksheet again."
        )
    identifier = _identifier(sheet)
    maximum = _named(sheet, MAXIMUM)
    grade = _named(sheet, GRADE)
    if grade is None and identifier is not None:
        grade, maximum = _by_place(sheet, identifier)
    if identifier is None or grade is None:
        raise RosterError(
            f"{sheet.name} is not a grading worksheet of Moodle's (Identifier, ..., Grade): in the "
            "assignment choose Download grading worksheet, and leave its columns as they are."
        )
    return Columns(
        identifier=identifier,
        grade=grade,
        maximum=maximum,
        changeable=_named(sheet, CHANGEABLE),
        feedback=_named(sheet, FEEDBACK),
        names=tuple(_all(sheet, NAME)),
        keys=tuple(_all(sheet, KEYS)),
    )


def participant(cell: str) -> str:
    """The number in ``Participant 123``, which is the one in the names of Moodle's folders."""
    found = _PARTICIPANT.fullmatch(cell.strip())
    return found["id"] if found else ""


def _all(sheet: Sheet, names: frozenset[str]) -> list[int]:
    return [
        i for i, title in enumerate(sheet.head) if title.lower().replace("\u2019", "'") in names
    ]


def _named(sheet: Sheet, names: frozenset[str]) -> int | None:
    found = _all(sheet, names)
    return found[0] if len(found) == 1 else None


def _identifier(sheet: Sheet) -> int | None:
    """The column of participants' numbers: by its title, or the first with nothing else in it."""
    rows = range(1, len(sheet.rows))
    named = _all(sheet, IDENTIFIER)
    columns: list[int] = [*named, *range(len(sheet.head))]
    for column in columns:
        cells = [cell for row in rows if (cell := sheet.cell(row, column).strip())]
        words = {found["word"] for cell in cells if (found := _PARTICIPANT.fullmatch(cell))}
        if all(map(participant, cells)) and len(words) == 1:
            return column
    return named[0] if len(named) == 1 and len(sheet.rows) == 1 else None


def _by_place(sheet: Sheet, identifier: int) -> tuple[int | None, int | None]:
    """The grade, which stands before the maximum: a number that is the same in every row."""
    rows = [row for row in range(1, len(sheet.rows)) if sheet.rows[row]]
    pairs = []
    for column in range(identifier + 2, len(sheet.head)):
        numbers = {read_number(sheet.cell(row, column)) for row in rows}
        grades = [cell for row in rows if (cell := sheet.cell(row, column - 1).strip(" -"))]
        most: float | None = numbers.pop() if len(numbers) == 1 else None
        if most and all(read_number(cell) is not None for cell in grades):
            pairs.append((column - 1, column))
    return pairs[0] if len(pairs) == 1 else (None, None)
