"""Canvas: its exported gradebook, reduced to this assignment's column, to import again."""

import re
from collections.abc import Iterable, Mapping, Sequence

from grader.files.escape import printable
from grader.integrations.gradebooks.columns import (
    creation_note,
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
    RosterRow,
    match,
    roster_rows,
)
from grader.integrations.gradebooks.student_keys import escape_formula_once
from grader.render.csv import format_points

_POINTS_POSSIBLE = "Points Possible"
_TITLE = re.compile(r"(?P<title>.*?)(?: \((?P<id>[0-9]+)\))?", re.DOTALL)
_TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
_POSTING_CELL = re.compile(r"\s*(muted|manual posting.*)?\s*", re.IGNORECASE)
_TEST_STUDENT = frozenset(("student, test", "test student"))
_KEYS = frozenset(("ID", "SIS User ID", "SIS Login ID", "Integration ID"))
_NAMES = frozenset(("Student", "LastName", "FirstName"))
_RESERVED_TITLES = _KEYS | _NAMES | {"Section", "Root Account"}


def to_canvas(grades: Sequence[Grade], roster: CsvFile, options: ExportOptions) -> ExportResult:
    """Write the gradebook with the assignment's scores.

    Canvas deletes a score where it reads a blank cell or "-", so a row without a new score keeps
    its present one.

    Args:
        grades: One per submission.
        roster: The gradebook as Canvas exports it.
        options: The assignment, and how to match rows.

    Raises:
        RosterError: The file is not a Canvas export, or the assignment's title is not possible.
    """
    width = _count_student_columns(roster)
    column = _find_assignment(roster, width, options)
    points_row = _points_possible_row(roster)
    maximum = _maximum(roster, points_row, column, options)
    rows = _student_rows(roster, points_row)
    match_columns = MatchColumns(
        keys=[i for i in range(width) if roster.header[i] in _KEYS],
        names=[i for i in range(width) if roster.header[i] in _NAMES],
    )
    real_rows = [row for row in rows if not _is_test_student(roster, row)]
    students = roster_rows(roster, real_rows, match_columns, only=options.match)
    matching = match(grades, students)
    score_cells = (roster.cell(r, i) for r in rows for i in range(width, len(roster.header)))
    formatter = ScoreFormatter(capped=False, decimal_comma=uses_decimal_comma(score_cells))
    gradable = {r: g for r, g in matching.grades.items() if not _is_excused(roster.cell(r, column))}
    scores = formatter.format_all(gradable, maximum)
    table = [
        *_header_rows(roster, points_row, width, column, options),
        *(
            [*_student_cells(roster, row, width), scores.get(row, roster.cell(row, column))]
            for row in rows
        ),
    ]
    titles = _assignment_titles(roster, width)
    created = [creation_note("Canvas", "assignment", options, titles)] if column is None else []
    return ExportResult(
        data=roster.encode_rows(table),
        student_count=len(students),
        filled_count=len(scores),
        matching=matching,
        notes=(*created, *formatter.notes(), *_kept_notes(roster, students, column, scores)),
    )


def _count_student_columns(roster: CsvFile) -> int:
    """Count the leading columns on the student, by Canvas's own rules; the last is the section."""
    header = roster.header
    required = 4 if header[:2] == ["LastName", "FirstName"] else 3
    invalid = len(header) < required or "ID" not in header[required - 2]
    invalid = invalid or (required == 3 and "Student" not in header[0])  # noqa: PLR2004 (Student, ID, …)
    section = required - 1
    if header[section : section + 1] == ["SIS Login ID"]:
        section += 1
    elif header[section : section + 2] == ["SIS User ID", "SIS Login ID"]:
        section += 2
        section += header[section : section + 1] == ["Integration ID"]
        section += header[section : section + 1] == ["Root Account"]
    if invalid or "Section" not in "".join(header[section : section + 1]):
        raise RosterError(
            f"{roster.name} is not a gradebook as Canvas exports it (Student, ID, ..., Section): "
            "take it from Grades, Export Entire Gradebook."
        )
    return section + 1


def _find_assignment(roster: CsvFile, width: int, options: ExportOptions) -> int | None:
    """Return the assignment's column, or None if Canvas will create it."""
    titles = _assignment_titles(roster, width)
    column = find_column(titles, options, where=roster.name)
    if column is not None:
        return column
    title = options.column_title.strip()
    parsed = _TITLE.fullmatch(title)
    existing = f"The roster's assignments are: {list_titles(titles)}."
    if title.isdecimal() or (parsed and parsed["id"]):
        raise RosterError(f"{roster.name} has no assignment {printable(title)}. {existing}")
    is_reserved = title in _RESERVED_TITLES or _TOTALS.search(title)
    if not title or is_reserved or not title.isprintable():
        raise RosterError(f"Canvas accepts no assignment called {printable(title)!r}. {existing}")
    return None


def _assignment_titles(roster: CsvFile, width: int) -> Mapping[int, re.Match[str]]:
    titles = parse_titles(roster, _TITLE)
    return {i: t for i, t in titles.items() if i >= width and not _TOTALS.search(t.group())}


def _points_possible_row(roster: CsvFile) -> int | None:
    rows = range(1, len(roster.rows))
    return next((row for row in rows if _POINTS_POSSIBLE in roster.cell(row, 0)), None)


def _maximum(
    roster: CsvFile, points_row: int | None, column: int | None, options: ExportOptions
) -> float | None:
    if column is None:
        return options.total
    points = roster.cell(points_row, column) if points_row else ""
    if "read only" in points:
        raise RosterError(
            f"The column {printable(roster.header[column])} is read only in Canvas: name another "
            "one with --assignment."
        )
    return parse_number(points)


def _student_rows(roster: CsvFile, points_row: int | None) -> list[int]:
    """Return the rows that are neither the points possible nor a note on posting."""
    return [
        row
        for row in range(1, len(roster.rows))
        if row != points_row and not all(map(_POSTING_CELL.fullmatch, roster.rows[row]))
    ]


def _is_test_student(roster: CsvFile, row: int) -> bool:
    """Return True for Canvas's built-in test student, whose row is kept but never matched."""
    return roster.cell(row, 0).strip().lower() in _TEST_STUDENT


def _header_rows(
    roster: CsvFile, points_row: int | None, width: int, column: int | None, options: ExportOptions
) -> list[list[str]]:
    """Return the rows of titles and of points possible."""
    if points_row is None:
        labels = [_POINTS_POSSIBLE, *[""] * (width - 1)]
    else:
        labels = [roster.cell(points_row, i) for i in range(width)]
    if column is None:
        title, points = options.column_title, format_points(options.total)
    else:
        title = roster.rows[0][column]
        points = roster.cell(points_row, column) if points_row else ""
    return [[*roster.rows[0][:width], title], [*labels, points]]


def _student_cells(roster: CsvFile, row: int, width: int) -> list[str]:
    """Return the cells on the student, with formulas escaped if Canvas matches by the ID.

    Without an ID, Canvas matches by the other cells, so they stay unchanged.
    """
    cells = [roster.cell(row, i) for i in range(width)]
    has_id = "ID" in roster.header and cells[roster.header.index("ID")].strip().isdecimal()
    return [escape_formula_once(cell) for cell in cells] if has_id else cells


def _is_excused(cell: str) -> bool:
    return cell.strip().upper() == "EX"


def _kept_notes(
    roster: CsvFile, students: Iterable[RosterRow], column: int | None, scores: Mapping[int, str]
) -> list[str]:
    """Return notes on cells of the column that were not overwritten."""
    kept = {
        student.label: cell
        for student in students
        if student.row not in scores and (cell := roster.cell(student.row, column).strip(" -"))
    }
    excused = [label for label, cell in kept.items() if _is_excused(cell)]
    others = [label for label in kept if label not in excused]
    notes = [f"Excused in Canvas, and still excused: {'; '.join(excused)}."] if excused else []
    if others:
        notes.append(f"Kept the score that Canvas already has for: {'; '.join(others)}.")
    return notes
