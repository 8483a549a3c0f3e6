"""The report as CSV."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.files.escape import escape_line
from grader.render.csv import COLUMNS, escape_formula, to_csv
from tests.builders import report, verdict
from tests.render.hostile import TEXTS, report_with

anything = st.text(st.characters(exclude_categories=[]), max_size=30) | st.sampled_from(TEXTS)
formulas = st.builds(
    lambda before, mark, rest: before + mark + rest,
    st.text(" \t\r\n\"'\u00a0\u3000", max_size=3),
    st.sampled_from("=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b"),
    st.text(max_size=10),
)
WHOLE = (
    ",".join(f'"{column}"' for column in COLUMNS)
    + "\r\n"
    + '"nb.ipynb","4711","scores","compute_induction_scores","Scores","partial",'
    + '"33.3333","100.5","transposed","as_printed","Off, by ""one""."\r\n'
)


def rows(text: str) -> list[list[str]]:
    """Parse the CSV."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_a_whole_table() -> None:
    """The table has a header and one row per criterion, with all fields quoted."""
    partial = verdict(
        outcome="partial", points=33.3333, max_points=100.5, misconception="transposed",
        variant="as_printed", feedback='Off, by "one".',
    )  # fmt: skip
    assert to_csv(report(partial, student="4711")) == WHOLE


def test_what_is_not_known_is_empty() -> None:
    """An unknown student, function or mistake is an empty field."""
    (_, row) = rows(to_csv(report(verdict(function=None))))
    assert dict(zip(COLUMNS, row, strict=True)) | {"points": "10"} == {
        "submission": "nb.ipynb", "student": "", "criterion": "scores", "function": "",
        "title": "Scores", "outcome": "passed", "points": "10", "max_points": "10",
        "misconception": "", "variant": "", "feedback": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("points", "shown"),
    [(0.0, "0"), (10.0, "10"), (2.5, "2.5"), (1 / 3, "0.3333"), (1000.0, "1000")],
)
def test_points_are_plain_numbers(points: float, shown: str) -> None:
    """Points have up to four decimals and never an exponent."""
    assert rows(to_csv(report(verdict(points=points))))[1][6] == shown


@given(anything | formulas)
def test_no_field_is_a_formula(text: str) -> None:
    """No field starts a formula, behind any quotes and spaces and in any character width."""
    for row in rows(to_csv(report_with(text))):
        for field in row:
            first = unicodedata.normalize("NFKC", field.strip('" \t\r\n')[:1])
            assert first[:1] not in set("=+-@")


@given(anything | formulas, st.integers(0, 4))
def test_it_reads_back(text: str, criteria: int) -> None:
    """The CSV parses to the rows and fields that were written, each text on one line."""
    lost = verdict(outcome="failed", points=0.0, feedback=text)
    head, *body = rows(to_csv(report(*[lost] * criteria)))
    assert tuple(head) == COLUMNS
    assert [row[-1] for row in body] == [escape_formula(text)] * criteria
    assert {len(row) for row in body} <= {len(COLUMNS)}


@given(st.text(max_size=30))
def test_an_apostrophe_is_all_that_is_added(text: str) -> None:
    """Escaping a formula adds an apostrophe and nothing else."""
    assert escape_formula(text) in {escape_line(text), f"'{escape_line(text)}"}
