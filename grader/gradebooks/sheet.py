"""A table that a platform gave: read whole, and written with nothing changed but what is filled."""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from grader.errors import GraderError
from grader.gradebooks.cells import CellsError, Span, delimiter_of, spans, table, values, written
from grader.reading import shown

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
