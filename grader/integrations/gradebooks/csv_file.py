"""Reads a platform's CSV file so that single cells can be changed and every other byte is kept.

The csv module reads the values. Each cell's span in the text is found separately, and both must
have the same number of cells.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from grader.errors import GraderError
from grader.files.escape import printable

DELIMITERS = (",", ";", "\t")
_MAX_CELL = 2**24
_QUOTED = r'"[^"]*(?:""[^"]*)*"'
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WORKBOOK_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""First bytes of Excel's .xlsx (zip) and .xls (OLE) files."""


class Span(NamedTuple):
    """A cell's position in the text, including its quotes."""

    start: int
    end: int


class CsvError(ValueError):
    """The text is not valid CSV; the message says where."""


class RosterError(GraderError):
    """The roster is not the platform's export, or lacks what is needed."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """A CSV file: its text, its values and the span of every cell."""

    name: str
    """File name, escaped for messages."""
    bom: bytes
    """Byte order mark; empty if the file has none."""
    encoding: str
    text: str
    delimiter: str
    rows: Sequence[Sequence[str]]
    """Values; the header is the first row."""
    spans: Sequence[Sequence[Span]]

    @classmethod
    def read(cls, data: bytes, *, name: str) -> Self:
        """Parse a file's bytes.

        Raises:
            RosterError: The file is not text or not a table.
        """
        name = printable(name)
        bom, encoding, text = _decode(data, name)
        delimiter = detect_delimiter(text)
        try:
            rows, spans = parse_cells(text, delimiter), find_spans(text, delimiter)
        except CsvError as error:
            raise RosterError(f"{name} is not a CSV table: {error}. Export it again.") from error
        if [len(row) for row in rows] != [len(row) for row in spans]:
            raise RosterError(f"{name} is not a CSV table that can be filled in: export it again.")
        if not rows or not any(cell.strip() for cell in rows[0]):
            raise RosterError(f"{name} has no header: its first line must name the columns.")
        return cls(
            name=name,
            bom=bom,
            encoding=encoding,
            text=text,
            delimiter=delimiter,
            rows=rows,
            spans=spans,
        )

    @property
    def header(self) -> list[str]:
        """The columns' titles."""
        return [title.strip() for title in self.rows[0]]

    @property
    def newline(self) -> str:
        """The line end of the first line."""
        start = self.spans[0][-1].end
        line_end = self.text[start : start + 2]
        return line_end if line_end == "\r\n" else line_end[:1] or "\r\n"

    def cell(self, row: int, column: int | None) -> str:
        """Return a value; empty if the row is too short or there is no such column."""
        values = self.rows[row]
        return values[column] if column is not None and column < len(values) else ""

    def has_cell(self, row: int, column: int) -> bool:
        """Return True if the row is long enough to have the cell."""
        return column < len(self.rows[row])

    def with_cells(self, cells: Mapping[tuple[int, int], str]) -> bytes:
        """Return the file with new values by row and column, and every other byte kept.

        A cell keeps its quotes; an empty cell is quoted if its column's title is.
        """
        parts: list[str] = []
        position = 0
        for (row, column), value in sorted(cells.items()):
            if value == self.rows[row][column]:
                continue
            span = self.spans[row][column]
            title = self.spans[0][column] if column < len(self.spans[0]) else span
            present = self.text[slice(*span)] or self.text[slice(*title)]
            quoted = present.startswith('"')
            cell = format_cell(value, delimiter=self.delimiter, quoted=quoted)
            parts += [self.text[position : span.start], cell]
            position = span.end
        return self._encode("".join(parts) + self.text[position:])

    def encode_rows(self, rows: list[list[str]]) -> bytes:
        """Encode other rows with this file's delimiter, line end, encoding and byte order mark."""
        return self._encode(format_table(rows, delimiter=self.delimiter, newline=self.newline))

    def _encode(self, text: str) -> bytes:
        return self.bom + text.encode(self.encoding)


def detect_delimiter(text: str) -> str:
    """Return the delimiter that splits the header into the most columns."""
    return max(DELIMITERS, key=lambda delimiter: len(_first_row(text, delimiter)))


def parse_cells(text: str, delimiter: str) -> list[list[str]]:
    """Parse all cells with the csv module.

    Raises:
        CsvError: A quote is misplaced or not closed.
    """
    csv.field_size_limit(_MAX_CELL)  # an online text submission is a single cell
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise CsvError(f"line {reader.line_num}: {error}") from error


def find_spans(text: str, delimiter: str) -> list[list[Span]]:
    """Find the spans of all cells, row by row; an empty line is a row without cells.

    Raises:
        CsvError: A quote is misplaced, so that the csv module would find other cells.
    """
    escaped = re.escape(delimiter)
    cell = re.compile(rf'{_QUOTED}|(?!")[^{escaped}\r\n]*')
    end = re.compile(rf"{escaped}|\r\n|\n|\r|\Z")
    return list(_row_spans(text, cell, end, delimiter))


def format_cell(value: str, *, delimiter: str, quoted: bool) -> str:
    """Return a cell's text, in quotes if `quoted` is true or the value needs them."""
    if quoted or any(character in value for character in f'{delimiter}"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


def format_table(rows: list[list[str]], *, delimiter: str, newline: str) -> str:
    """Return rows as CSV text, with quotes where needed."""
    lines = []
    for row in rows:
        text = io.StringIO()
        # Only with "\r\n" as its line end does the writer quote both characters within cells.
        csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerow(row)
        lines.append(text.getvalue().removesuffix("\r\n") + newline)
    return "".join(lines)


def _row_spans(
    text: str, cell: re.Pattern[str], end: re.Pattern[str], delimiter: str
) -> Iterator[list[Span]]:
    row: list[Span] = []
    position = 0
    while position < len(text) or row:
        match = cell.match(text, position)
        separator = end.match(text, match.end()) if match else None
        if match is None or separator is None:
            raise CsvError("a quote is in the wrong place")
        is_empty_line = not row and match.end() == position and separator.group() != delimiter
        if not is_empty_line:
            row.append(Span(position, match.end()))
        position = separator.end()
        if separator.group() != delimiter:
            yield row
            row = []


def _first_row(text: str, delimiter: str) -> list[str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return next(reader, [])
    except csv.Error:
        return []


def _decode(data: bytes, name: str) -> tuple[bytes, str, str]:
    """Return the byte order mark, the encoding and the text; encoding it again gives the data."""
    if data.startswith(_WORKBOOK_SIGNATURES):
        raise RosterError(f"{name} is a workbook: save it as CSV (UTF-8), or export it again.")
    bom, encoding = next((known for known in _BOMS if data.startswith(known[0])), (b"", "utf-8"))
    try:
        text = data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise RosterError(
            f"{name} is not text in UTF-8: export it again, or save it as CSV (UTF-8)."
        ) from error
    if "\0" in text:
        raise RosterError(f"{name} is not text: give the CSV file that the platform exports.")
    return bom, encoding, text
