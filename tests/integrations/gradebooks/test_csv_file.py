"""Tests that rosters are read as the csv module does, and keep bytes that are not filled in."""

import codecs
import contextlib
import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.integrations.gradebooks.csv_file import CsvFile, RosterError

CELLS = st.text(st.sampled_from(' ab,;\t"\r\n=\u202eé\u0301\u2028\x0b'), max_size=6)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=4)
BOMS = {"utf-8": b"", "utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE}


@st.composite
def csv_files(draw: st.DrawFn) -> bytes:
    """Generate CSV files with any BOM, delimiter, quoting and line ends, ragged and blank lines."""
    text = io.StringIO()
    delimiter = draw(st.sampled_from(",;\t"))
    for row in [["Id", "Name", "Grade"], *draw(ROWS)]:
        line = io.StringIO()
        if draw(st.booleans()):
            csv.writer(line, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerow(row)
        else:
            csv.writer(line, delimiter=delimiter).writerow(row)
        text.write(line.getvalue().removesuffix("\r\n"))
        text.write(draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"])))
    encoding = draw(st.sampled_from(sorted(BOMS)))
    content = text.getvalue()
    if draw(st.booleans()):
        content = content.rstrip("\r\n")
    return BOMS[encoding] + content.encode(encoding.removesuffix("-sig"))


@given(csv_files())
def test_filling_in_nothing_changes_no_byte(data: bytes) -> None:
    """No byte changes either if every cell is filled in with its present value."""
    sheet = CsvFile.read(data, name="w.csv")
    assert sheet.with_cells({}) == data
    same = {(r, c): v for r, row in enumerate(sheet.rows) for c, v in enumerate(row)}
    assert sheet.with_cells(same) == data


@given(csv_files(), st.data(), CELLS)
def test_filling_in_a_cell_changes_only_that_cell(
    data: bytes, drawn: st.DataObject, new: str
) -> None:
    """Its value changes; the bytes before and after its span do not."""
    sheet = CsvFile.read(data, name="w.csv")
    rows = [r for r, cells in enumerate(sheet.rows) if r and len(cells) > 1]
    assume(rows)  # the header is never filled in: the delimiter is detected from it
    row = drawn.draw(st.sampled_from(rows))
    column = drawn.draw(st.integers(0, len(sheet.rows[row]) - 1))
    filled = sheet.with_cells({(row, column): new})
    expected = [list(cells) for cells in sheet.rows]
    expected[row][column] = new
    assert CsvFile.read(filled, name="w.csv").rows == expected
    start, end = sheet.spans[row][column]
    before, after = sheet.text[:start], sheet.text[end:]
    assert filled.startswith(sheet.bom + before.encode(sheet.encoding))
    assert filled.endswith(after.encode(sheet.encoding))


@given(st.binary(max_size=60) | st.text(st.sampled_from('a,"\n\r;'), max_size=12).map(str.encode))
def test_any_data_gives_a_table_or_a_roster_error(data: bytes) -> None:
    """No other exception is raised, and a table keeps its bytes."""
    with contextlib.suppress(RosterError):
        assert CsvFile.read(data, name="w.csv").with_cells({}) == data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04rest", "is a workbook: save it as CSV"),
        (b"Id,Name\n1,J\xf6rg\n", "is not text in UTF-8"),
        (b"I\0d\0,\0", "is not text"),
        (b'Id,Name\n1,"Ann\n', "is not a CSV table: line 2"),
        (b'Id,Name\n1,"A"nn\n', "is not a CSV table: line 2"),
        (b"", "has no header"),
        (b"\n1,2\n", "has no header"),
    ],
)
def test_an_invalid_roster_is_rejected(data: bytes, message: str) -> None:
    """A one-line message names the file and the problem."""
    with pytest.raises(RosterError, match=r"^r\.csv ") as caught:
        CsvFile.read(data, name="r.csv")
    assert message in str(caught.value)


def test_a_cell_may_be_long() -> None:
    """A cell may exceed the csv module's default limit, as online text submissions do."""
    data = b'Id,Text\n1,"' + b"a" * 200_000 + b'"\n'
    assert len(CsvFile.read(data, name="w.csv").cell(1, 1)) == 200_000


def test_a_cell_keeps_its_quotes() -> None:
    """An empty cell is quoted if its column's title is, and any cell if its value requires it."""
    sheet = CsvFile.read(b'"A",B,C\n"","",\n,,\n', name="w.csv")
    cells = {(1, 0): "1", (1, 1): "2", (2, 0): "3", (2, 1): "4", (2, 2): 'a "b"'}
    assert sheet.with_cells(cells) == b'"A",B,C\n"1","2",\n"3",4,"a ""b"""\n'
