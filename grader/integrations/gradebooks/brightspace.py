"""Brightspace: the key columns, one grade item, and the indicator that ends each row."""

import re
from collections.abc import Sequence

from grader.files.escape import printable
from grader.integrations.gradebooks.columns import (
    columns_titled,
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
    match,
    roster_rows,
)
from grader.render.csv import format_points

_ITEM = re.compile(r"(?P<title>.+?) Points Grade(?: *<(?P<details>.*)>)?", re.DOTALL)
_MAX_POINTS = re.compile(r"MaxPoints:([0-9]+(?:[.,][0-9]+)?)")
_FORBIDDEN = frozenset('/"*<>+=|,%')
_END_OF_LINE, _MARKER = "End-of-Line Indicator", "#"
_KEYS = ("orgdefinedid", "username")


def to_brightspace(
    grades: Sequence[Grade], roster: CsvFile, options: ExportOptions
) -> ExportResult:
    """Write the grade item's column beside unchanged keys, since Brightspace matches their bytes.

    Usernames are therefore not escaped, even where a spreadsheet would take one for a formula.
    Names are left out: the import needs none.

    Args:
        grades: One per submission.
        roster: An export from Brightspace with at least one key field.
        options: The grade item, and how to match rows.

    Raises:
        RosterError: The file has no key field, or the item's title is not possible.
    """
    keys = _columns(roster, _KEYS)
    if not keys:
        raise RosterError(
            f"{roster.name} has neither OrgDefinedId nor Username: export it from Grades, Enter "
            "Grades, Export, with a key field."
        )
    column, title, maximum = _grade_item(roster, options)
    rows = [row for row in range(1, len(roster.rows)) if any(roster.cell(row, k) for k in keys)]
    match_columns = MatchColumns(
        keys=[*keys, *_columns(roster, ("email",))],
        names=_columns(roster, ("lastname", "firstname")),
        clean=dict.fromkeys(keys, _strip_marker),
    )
    matching = match(grades, roster_rows(roster, rows, match_columns, only=options.match))
    decimal_comma = uses_decimal_comma(roster.cell(row, column) for row in rows)
    formatter = ScoreFormatter(capped=True, decimal_comma=decimal_comma)
    scores = formatter.format_all(matching.grades, maximum)
    key_cells = {row: [roster.cell(row, k) for k in keys] for row in rows}
    table = [
        [*(roster.rows[0][k] for k in keys), title, _END_OF_LINE],
        *([*key_cells[row], scores.get(row, roster.cell(row, column)), _MARKER] for row in rows),
    ]
    items = parse_titles(roster, _ITEM)
    created = [creation_note("Brightspace", "item", options, items)] if column is None else []
    return ExportResult(
        data=roster.encode_rows(table),
        student_count=len(rows),
        filled_count=len(scores),
        matching=matching,
        notes=(*created, *formatter.notes()),
    )


def _columns(roster: CsvFile, titles: Sequence[str]) -> list[int]:
    return columns_titled(roster, titles, lambda title: title.lower().replace(" ", ""))


def _grade_item(roster: CsvFile, options: ExportOptions) -> tuple[int | None, str, float | None]:
    """Return the item's column (None if it is new), its title and its maximum."""
    items = parse_titles(roster, _ITEM)
    column = find_column(items, options, where=roster.name)
    if column is not None:
        points = _MAX_POINTS.search(items[column]["details"] or "")
        return column, roster.rows[0][column], parse_number(points[1]) if points else None
    name = options.column_title.strip()
    if not name or _FORBIDDEN & set(name) or not name.isprintable():
        raise RosterError(
            f"Brightspace accepts no grade item called {printable(name)!r}: leave out "
            f"{' '.join(sorted(_FORBIDDEN))}, or name one with --assignment: {list_titles(items)}."
        )
    return (
        None,
        f"{name} Points Grade <Numeric MaxPoints:{format_points(options.total)}>",
        options.total,
    )


def _strip_marker(cell: str) -> str:
    """Remove the ``#`` with which exports preserve a key's leading zeros."""
    return cell.strip().removeprefix(_MARKER)
