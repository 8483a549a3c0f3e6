"""Moodle: its grading worksheet, with grades and feedback comments filled in."""

from collections.abc import Mapping, Sequence
from html import escape

from grader.files.escape import escape_line, printable
from grader.integrations.gradebooks.csv_file import CsvFile
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
from grader.integrations.gradebooks.moodle_columns import (
    NO,
    WorksheetColumns,
    find_columns,
    participant_id,
)


def to_moodle(grades: Sequence[Grade], roster: CsvFile, options: ExportOptions) -> ExportResult:
    """Fill in grades and comments and keep every other byte, since Moodle reads them back.

    Names are therefore not escaped, even where a spreadsheet would take one for a formula.

    Args:
        grades: One per submission.
        roster: The grading worksheet.
        options: The lab, and how to match rows.

    Raises:
        RosterError: The file is not a Moodle grading worksheet.
    """
    columns = find_columns(roster)
    rows = [r for r in range(1, len(roster.rows)) if roster.cell(r, columns.identifier).strip()]
    matching = match(grades, _students(roster, rows, columns, options))
    formatter = _formatter(roster, rows, columns)
    rejected = {r: why for r in matching.grades if (why := _reject_reason(roster, r, columns))}
    graded = {
        row: grade
        for row, grade in matching.grades.items()
        if row not in rejected and grade.score is not None
    }
    cells: dict[tuple[int, int], str] = {}
    for row, grade in graded.items():
        score = formatter.scale(grade, parse_number(roster.cell(row, columns.maximum)))
        if score is not None and parse_number(roster.cell(row, columns.grade)) != score:
            cells[row, columns.grade] = formatter.format(score)
    comments, kept = _comments(roster, graded, columns.feedback, options)
    notes = [f"Not filled in: {matching.grades[r].label}: {why}." for r, why in rejected.items()]
    if columns.feedback is None:
        notes.append("No column of feedback comments was recognised, so no comments are filled in.")
    if kept:
        notes.append(f"Your own comments were kept instead of the grader's: {'; '.join(kept)}.")
    return ExportResult(
        data=roster.with_cells(cells | comments),
        student_count=len(rows),
        filled_count=len(graded),
        matching=matching,
        notes=(*formatter.notes(), *notes),
    )


def _students(
    roster: CsvFile, rows: Sequence[int], columns: WorksheetColumns, options: ExportOptions
) -> tuple[RosterRow, ...]:
    match_columns = MatchColumns(
        keys=[columns.identifier, *columns.keys],
        names=columns.names,
        clean={columns.identifier: participant_id},
    )
    return roster_rows(roster, rows, match_columns, only=options.match)


def _formatter(roster: CsvFile, rows: Sequence[int], columns: WorksheetColumns) -> ScoreFormatter:
    number_columns = [c for c in (columns.grade, columns.maximum) if c is not None]
    decimal_comma = uses_decimal_comma(roster.cell(row, c) for row in rows for c in number_columns)
    return ScoreFormatter(capped=True, decimal_comma=decimal_comma)


def _reject_reason(roster: CsvFile, row: int, columns: WorksheetColumns) -> str | None:
    """Return the reason why Moodle would ignore a grade in this row, if there is one."""
    if not roster.has_cell(row, columns.grade):
        return f"row {row + 1} ends before the grade"
    if roster.cell(row, columns.changeable).strip().lower() in NO:
        return "Moodle says that the grade cannot be changed"
    maximum = roster.cell(row, columns.maximum)
    if columns.maximum is not None and not parse_number(maximum):
        text = printable(maximum) or "empty"
        return f"the maximum grade is not a number ({text}), as with a scale"
    return None


def _comments(
    roster: CsvFile, graded: Mapping[int, Grade], column: int | None, options: ExportOptions
) -> tuple[dict[tuple[int, int], str], list[str]]:
    """Return the comments to fill in, and the students whose comment a person has written."""
    cells: dict[tuple[int, int], str] = {}
    kept: list[str] = []
    if column is None:
        return cells, kept
    for row, grade in graded.items():
        if not grade.feedback or not roster.has_cell(row, column):
            continue
        present = roster.cell(row, column).strip()
        if present and not present.startswith(f"<p>{escape(escape_line(options.title))}: "):
            kept.append(grade.label)
        else:
            cells[row, column] = _to_html(grade.feedback)
    return cells, kept


def _to_html(lines: Sequence[str]) -> str:
    """Return lines as an HTML paragraph; Moodle interprets comments as markup."""
    return f"<p>{'<br>'.join(map(escape, lines))}</p>"
