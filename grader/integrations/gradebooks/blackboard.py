"""Blackboard: the file for working offline, with one column filled in."""

import re
from collections.abc import Sequence

from grader.files.escape import printable
from grader.integrations.gradebooks.columns import (
    columns_titled,
    find_column,
    list_titles,
    parse_titles,
)
from grader.integrations.gradebooks.csv_file import CsvFile, RosterError
from grader.integrations.gradebooks.grades import (
    Grade,
    ScoreFormatter,
    parse_number,
    uses_decimal_comma,
)
from grader.integrations.gradebooks.matching import (
    ExportOptions,
    ExportResult,
    MatchColumns,
    match,
    roster_rows,
)

_GRADE_COLUMN = re.compile(r"(?P<title>.*?) *\[(?P<points>[^\]]*)\] *\|(?P<id>[0-9]+)", re.DOTALL)
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
_STUDENT_ID = ("student id", "studenten-id", "id étudiant", "id. de alumno", "id studente")
_LAST_NAME = ("last name", "nachname", "nom", "apellidos", "cognome", "achternaam", "sobrenome")
_FIRST_NAME = ("first name", "vorname", "prénom", "nombre", "nome", "voornaam")


def to_blackboard(grades: Sequence[Grade], roster: CsvFile, options: ExportOptions) -> ExportResult:
    """Fill in the grade column and keep every other byte, since Blackboard matches rows by them.

    Names are therefore not escaped, even where a spreadsheet would take one for a formula.

    Args:
        grades: One per submission.
        roster: The file that Blackboard offers for working offline.
        options: The column to fill, and how to match rows.

    Raises:
        RosterError: The file is not such a download, or has no such column.
    """
    username = _columns(roster, _USERNAME)
    if not username:
        raise RosterError(
            f"{roster.name} has no column Username: take it from the Grade Center, Work Offline, "
            "Download, and leave its columns as they are."
        )
    column, maximum = _grade_column(roster, options)
    rows = [row for row in range(1, len(roster.rows)) if roster.cell(row, username[0]).strip()]
    match_columns = MatchColumns(
        keys=[*username, *_columns(roster, _STUDENT_ID)],
        names=[*_columns(roster, _LAST_NAME), *_columns(roster, _FIRST_NAME)],
        clean={username[0]: _strip_parentheses},
    )
    matching = match(grades, roster_rows(roster, rows, match_columns, only=options.match))
    decimal_comma = uses_decimal_comma(roster.cell(row, column) for row in rows)
    formatter = ScoreFormatter(capped=False, decimal_comma=decimal_comma)
    scaled = {row: formatter.scale(grade, maximum) for row, grade in matching.grades.items()}
    short_rows = [row for row in scaled if not roster.has_cell(row, column)]
    scores = {r: s for r, s in scaled.items() if s is not None and r not in short_rows}
    cells = {
        (row, column): formatter.format(score)
        for row, score in scores.items()
        if parse_number(roster.cell(row, column)) != score
    }
    notes = (f"Row {row + 1} ends before the column." for row in short_rows)
    return ExportResult(
        data=roster.with_cells(cells),
        student_count=len(rows),
        filled_count=len(scores),
        matching=matching,
        notes=(*formatter.notes(), *notes),
    )


def _columns(roster: CsvFile, titles: Sequence[str]) -> list[int]:
    return columns_titled(roster, titles)[:1]


def _grade_column(roster: CsvFile, options: ExportOptions) -> tuple[int, float | None]:
    """Return the column to fill and its maximum; a new column would be worth no points."""
    columns = parse_titles(roster, _GRADE_COLUMN)
    column = find_column(columns, options, where=roster.name)
    if column is None:
        raise RosterError(
            f"{roster.name} has no column {printable(options.column_title)}: create it in "
            "Blackboard and download again, or name one with --assignment. "
            f"It has: {list_titles(columns)}."
        )
    points = _POINTS.search(columns[column]["points"])
    return column, parse_number(points.group()) if points else None


def _strip_parentheses(cell: str) -> str:
    """Remove the parentheses that older versions put around usernames."""
    return cell.strip().removeprefix("(").removesuffix(")")
