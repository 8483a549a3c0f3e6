"""Finds the columns of Moodle's grading worksheet by their titles, or else by their contents.

The tables list the titles in several of Moodle's languages, in lower case.
"""

import re
from dataclasses import dataclass

from grader.integrations.gradebooks.csv_file import CsvFile, RosterError
from grader.integrations.gradebooks.grades import parse_number

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
"""Replaces the maximum grade if the assignment is graded with words."""
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
"""Further columns that identify a student."""
NO = frozenset({"no", "nein", "non", "não", "nee", "nej", "nei", "ne", "nie", "ei", "нет"})
"""Values of the column "grade can be changed" that mean no."""
_PARTICIPANT = re.compile(r"(?P<word>[^\d]*\D)(?P<id>[0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetColumns:
    """Indices of a worksheet's columns; None for a column that it does not have."""

    identifier: int
    grade: int
    maximum: int | None
    changeable: int | None
    feedback: int | None
    names: tuple[int, ...]
    keys: tuple[int, ...]


def find_columns(sheet: CsvFile) -> WorksheetColumns:
    """Find the columns of a worksheet.

    Raises:
        RosterError: There is no column of identifiers or of grades, or grades are words.
    """
    if _column_titled(sheet, SCALE) is not None:
        raise RosterError(
            f"{sheet.name} belongs to an assignment that is graded with a scale of words: give it "
            "points as its maximum grade in Moodle, and download the worksheet again."
        )
    identifier = _identifier_column(sheet)
    maximum = _column_titled(sheet, MAXIMUM)
    grade = _column_titled(sheet, GRADE)
    if grade is None and identifier is not None:
        grade, maximum = _grade_and_maximum_by_content(sheet, identifier)
    if identifier is None or grade is None:
        raise RosterError(
            f"{sheet.name} is not a Moodle grading worksheet (Identifier, ..., Grade): choose "
            "Download grading worksheet in the assignment, and leave its columns as they are."
        )
    return WorksheetColumns(
        identifier=identifier,
        grade=grade,
        maximum=maximum,
        changeable=_column_titled(sheet, CHANGEABLE),
        feedback=_column_titled(sheet, FEEDBACK),
        names=tuple(_columns_titled(sheet, NAME)),
        keys=tuple(_columns_titled(sheet, KEYS)),
    )


def participant_id(cell: str) -> str:
    """Return the number in ``Participant 123``, which Moodle's folder names contain too."""
    match = _PARTICIPANT.fullmatch(cell.strip())
    return match["id"] if match else ""


def _columns_titled(sheet: CsvFile, titles: frozenset[str]) -> list[int]:
    header = [title.lower().replace("\u2019", "'") for title in sheet.header]
    return [i for i, title in enumerate(header) if title in titles]


def _column_titled(sheet: CsvFile, titles: frozenset[str]) -> int | None:
    """Return the column with one of these titles, if there is exactly one."""
    columns = _columns_titled(sheet, titles)
    return columns[0] if len(columns) == 1 else None


def _identifier_column(sheet: CsvFile) -> int | None:
    """Return the first column, those with the right title first, that holds only identifiers.

    Identifiers are one word followed by a number. A sheet without students is judged by its titles.
    """
    rows = range(1, len(sheet.rows))
    titled = _columns_titled(sheet, IDENTIFIER)
    columns: list[int] = [*titled, *range(len(sheet.header))]
    for column in columns:
        cells = [cell for row in rows if (cell := sheet.cell(row, column).strip())]
        words = {match["word"] for cell in cells if (match := _PARTICIPANT.fullmatch(cell))}
        if all(map(participant_id, cells)) and len(words) == 1:
            return column
    return titled[0] if len(titled) == 1 and len(sheet.rows) == 1 else None


def _grade_and_maximum_by_content(sheet: CsvFile, identifier: int) -> tuple[int | None, int | None]:
    """Return the columns of the grade and, right of it, a maximum that is the same in every row."""
    rows = [row for row in range(1, len(sheet.rows)) if sheet.rows[row]]
    pairs = []
    for column in range(identifier + 2, len(sheet.header)):
        maxima = {parse_number(sheet.cell(row, column)) for row in rows}
        grades = [cell for row in rows if (cell := sheet.cell(row, column - 1).strip(" -"))]
        maximum: float | None = maxima.pop() if len(maxima) == 1 else None
        if maximum and all(parse_number(cell) is not None for cell in grades):
            pairs.append((column - 1, column))
    return pairs[0] if len(pairs) == 1 else (None, None)
