"""Where each cell of a CSV text begins and ends, so that one can be written and no other byte.

The csv module reads the values; the places are found beside it, and must be of as many cells.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

DELIMITERS = (",", ";", "\t")
_LONGEST = 2**24
_QUOTED = r'"[^"]*(?:""[^"]*)*"'


class Span(NamedTuple):
    """A cell's place in the text, its quotes included."""

    start: int
    end: int


class CellsError(ValueError):
    """The text is no table; the message says where."""


def delimiter_of(text: str) -> str:
    """The one that parts the head into most columns."""
    return max(DELIMITERS, key=lambda delimiter: len(_head(text, delimiter)))


def values(text: str, delimiter: str) -> list[list[str]]:
    """All cells, as the csv module reads them.

    Raises:
        CellsError: A quote is out of its place or never closed.
    """
    csv.field_size_limit(_LONGEST)  # an online text is one cell
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise CellsError(f"line {reader.line_num}: {error}") from error


def spans(text: str, delimiter: str) -> list[list[Span]]:
    """The places of all cells, row by row; an empty line is a row without cells.

    Raises:
        CellsError: The csv module would find other cells.
    """
    apart = re.escape(delimiter)
    cell = re.compile(rf'{_QUOTED}|(?!")[^{apart}\r\n]*')
    end = re.compile(rf"{apart}|\r\n|\n|\r|\Z")
    return list(_rows(text, cell, end, delimiter))


def written(value: str, *, delimiter: str, quoted: bool) -> str:
    """A cell's text.

    Args:
        value: What is in it.
        delimiter: What stands between cells.
        quoted: Whether it gets quotes also where it needs none.
    """
    if quoted or any(character in value for character in f'{delimiter}"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


def table(rows: list[list[str]], *, delimiter: str, newline: str) -> str:
    """Rows as text, quoted where it is needed."""
    lines = []
    for row in rows:
        text = io.StringIO()  # the writer quotes line ends of every kind only if its own is both
        csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(row)
        lines.append(text.getvalue().removesuffix("\r\n") + newline)
    return "".join(lines)


def _rows(
    text: str, cell: re.Pattern[str], end: re.Pattern[str], delimiter: str
) -> Iterator[list[Span]]:
    row: list[Span] = []
    at = 0
    while at < len(text) or row:
        found = cell.match(text, at)
        after = end.match(text, found.end()) if found else None
        if found is None or after is None:
            raise CellsError("a quote is not where one belongs")
        empty_line = not row and found.end() == at and after.group() != delimiter
        if not empty_line:
            row.append(Span(at, found.end()))
        at = after.end()
        if after.group() != delimiter:
            yield row
            row = []


def _head(text: str, delimiter: str) -> list[str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return next(reader, [])
    except csv.Error:
        return []
