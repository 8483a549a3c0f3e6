"""Where each cell of a CSV text begins and ends, so that one can be written and no other byte.

The csv module reads the values; the places are found beside it, and must be of as many cells.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from grader.errors import GraderError
from grader.files.untrusted import shown

# MERGED: A table that a platform gave: read whole, and written with nothing changed but what is filled.
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


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class RosterError(GraderError):
    """The roster's: it is not what the platform gives, or does not say what is needed."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table as text, with the place of every cell."""

    name: str
    """The file's, safe to show."""
    mark: bytes
    """The byte order mark; empty where there is none."""
    encoding: str
    text: str
    delimiter: str
    rows: Sequence[Sequence[str]]
    """The values; the head is the first."""
    places: Sequence[Sequence[Span]]

    @classmethod
    def read(cls, data: bytes, *, name: str) -> Self:
        """Read a file.

        Args:
            data: What is in it.
            name: What it is called.

        Raises:
            RosterError: It is not text, or no table.
        """
        called = shown(name)
        mark, encoding, text = _text(data, called)
        delimiter = delimiter_of(text)
        try:
            rows, places = values(text, delimiter), spans(text, delimiter)
        except CellsError as error:
            raise RosterError(f"{called} is not a CSV table: {error}. Export it again.") from error
        if [len(row) for row in rows] != [len(row) for row in places]:
            raise RosterError(f"{called} is not a CSV table that can be filled: export it again.")
        if not rows or not any(cell.strip() for cell in rows[0]):
            raise RosterError(f"{called} has no head: its first line must name the columns.")
        return cls(
            name=called,
            mark=mark,
            encoding=encoding,
            text=text,
            delimiter=delimiter,
            rows=rows,
            places=places,
        )

    @property
    def head(self) -> list[str]:
        """The columns' titles."""
        return [title.strip() for title in self.rows[0]]

    @property
    def newline(self) -> str:
        """How the first line ends."""
        at = self.places[0][-1].end
        end = self.text[at : at + 2]
        return end if end == "\r\n" else end[:1] or "\r\n"

    def cell(self, row: int, column: int | None) -> str:
        """A value; empty where a row is short, or there is no such column."""
        values = self.rows[row]
        return values[column] if column is not None and column < len(values) else ""

    def has(self, row: int, column: int) -> bool:
        """Whether there is such a cell to be filled."""
        return column < len(self.rows[row])

    def filled(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """The file with these cells written anew, by row and column, and every other byte kept.

        A cell keeps its quotes; an empty one gets those that its column's title has.
        """
        parts: list[str] = []
        at = 0
        for (row, column), value in sorted(cells.items()):
            if value == self.rows[row][column]:
                continue
            span = self.places[row][column]
            title = self.places[0][column] if column < len(self.places[0]) else span
            like = self.text[slice(*span)] or self.text[slice(*title)]
            new = written(value, delimiter=self.delimiter, quoted=like.startswith('"'))
            parts += [self.text[at : span.start], new]
            at = span.end
        return self._encoded("".join(parts) + self.text[at:])

    def like(self, rows: list[list[str]]) -> bytes:
        """Other rows in the way that this file is written."""
        return self._encoded(table(rows, delimiter=self.delimiter, newline=self.newline))

    def _encoded(self, text: str) -> bytes:
        return self.mark + text.encode(self.encoding)


def _text(data: bytes, name: str) -> tuple[bytes, str, str]:
    """The mark, the encoding and the text; decoding loses nothing, so that bytes can be kept."""
    if data.startswith(_WORKBOOKS):
        raise RosterError(f"{name} is a workbook: save it as CSV (UTF-8), or export it again.")
    mark, encoding = next((known for known in _MARKS if data.startswith(known[0])), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise RosterError(
            f"{name} is not text in UTF-8: export it again, or save it as CSV (UTF-8)."
        ) from error
    if "\0" in text:
        raise RosterError(f"{name} is not text: give the CSV file that the platform exports.")
    return mark, encoding, text
