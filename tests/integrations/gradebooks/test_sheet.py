"""A roster is read as the csv module reads it, and keeps every byte that is not filled."""

import codecs
import contextlib
import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.integrations.gradebooks.csv_file import RosterError, Sheet

CELLS = st.text(st.sampled_from(' ab,;\t"\r\n=\u202eé\u0301\u2028\x0b'), max_size=6)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=4)
MARKS = {"utf-8": b"", "utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE}


@st.composite
def worksheets(draw: st.DrawFn) -> bytes:
    """A table in any hand: marks, delimiters, quotes and line ends, ragged and blank lines."""
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
    mark = draw(st.sampled_from(sorted(MARKS)))
    whole = text.getvalue()
    if draw(st.booleans()):
        whole = whole.rstrip("\r\n")
    return MARKS[mark] + whole.encode(mark.removesuffix("-sig"))


@given(worksheets())
def test_filling_nothing_changes_no_byte(data: bytes) -> None:
    """Whatever the worksheet looks like; and what is filled with its own value is not touched."""
    sheet = Sheet.read(data, name="w.csv")
    assert sheet.filled({}) == data
    same = {(r, c): v for r, row in enumerate(sheet.rows) for c, v in enumerate(row)}
    assert sheet.filled(same) == data


@given(worksheets(), st.data(), CELLS)
def test_filling_a_cell_changes_that_cell_alone(
    data: bytes, drawn: st.DataObject, new: str
) -> None:
    """Read again, one value is another; the bytes before and after its place are the same."""
    sheet = Sheet.read(data, name="w.csv")
    rows = [r for r, cells in enumerate(sheet.rows) if r and len(cells) > 1]
    assume(rows)  # the head is never filled: it tells the delimiter
    row = drawn.draw(st.sampled_from(rows))
    column = drawn.draw(st.integers(0, len(sheet.rows[row]) - 1))
    filled = sheet.filled({(row, column): new})
    expected = [list(cells) for cells in sheet.rows]
    expected[row][column] = new
    assert Sheet.read(filled, name="w.csv").rows == expected
    start, end = sheet.places[row][column]
    before, after = sheet.text[:start], sheet.text[end:]
    mark = sheet.mark
    assert filled.startswith(mark + before.encode(sheet.encoding))
    assert filled.endswith(after.encode(sheet.encoding))


@given(st.binary(max_size=60) | st.text(st.sampled_from('a,"\n\r;'), max_size=12).map(str.encode))
def test_whatever_it_is_it_is_a_table_or_one_line(data: bytes) -> None:
    """No error but ours; and a table keeps its bytes."""
    with contextlib.suppress(RosterError):
        assert Sheet.read(data, name="w.csv").filled({}) == data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04rest", "is a workbook: save it as CSV"),
        (b"Id,Name\n1,J\xf6rg\n", "is not text in UTF-8"),
        (b"I\0d\0,\0", "is not text"),
        (b'Id,Name\n1,"Ann\n', "is not a CSV table: line 2"),
        (b'Id,Name\n1,"A"nn\n', "is not a CSV table: line 2"),
        (b"", "has no head"),
        (b"\n1,2\n", "has no head"),
    ],
)
def test_what_is_no_roster_is_said(data: bytes, says: str) -> None:
    """In one line, with what to do."""
    with pytest.raises(RosterError, match=r"^r\.csv ") as caught:
        Sheet.read(data, name="r.csv")
    assert says in str(caught.value)


def test_an_online_text_may_be_long() -> None:
    """Longer than what the csv module takes by itself."""
    data = b'Id,Text\n1,"' + b"a" * 200_000 + b'"\n'
    assert len(Sheet.read(data, name="w.csv").cell(1, 1)) == 200_000


def test_a_cell_keeps_its_quotes() -> None:
    """An empty one gets those of its column's title, and any gets those that it needs."""
    sheet = Sheet.read(b'"A",B,C\n"","",\n,,\n', name="w.csv")
    cells = {(1, 0): "1", (1, 1): "2", (2, 0): "3", (2, 1): "4", (2, 2): 'a "b"'}
    assert sheet.filled(cells) == b'"A",B,C\n"1","2",\n"3",4,"a ""b"""\n'
