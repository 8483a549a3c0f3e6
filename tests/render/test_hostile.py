"""Hostile text is shown literally in the terminal, on the page, in JSON and in CSV."""

import csv
import io
import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from grader.render.csv import to_csv
from grader.render.html import to_html
from grader.render.json import to_json
from grader.render.terminal import render_report
from tests.render.hostile import TEXTS, joined, obeyed, report_with, tallest
from tests.render.test_html import Page

anything = st.text(st.characters(exclude_categories=[]), max_size=60) | st.sampled_from(TEXTS)
hostile = pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))


def terminal(text: str) -> str:
    """Return what a terminal receives, apart from the grader's own colours."""
    file = StringIO()
    console = Console(width=20_000, file=file, color_system=None, force_terminal=True)
    console.print(render_report(report_with(text), hints=3))
    return file.getvalue()


@hostile
def test_a_terminal_obeys_nothing(text: str) -> None:
    """The terminal gets no control or invisible characters and no stacked accents."""
    shown = terminal(text)
    assert obeyed(shown) == []
    assert tallest(shown) <= 4


@hostile
def test_a_terminals_lines_are_the_graders(text: str) -> None:
    """No text adds a line of its own, such as a false score."""
    lines = terminal(text).splitlines()
    assert len(lines) == len(terminal("x").splitlines())
    assert len([line for line in lines if line.startswith("Score")]) == 1


@pytest.mark.parametrize("text", [t for t in TEXTS if "[" in t and t.isprintable()])
def test_a_terminal_shows_markup_as_it_stands(text: str) -> None:
    """Rich's markup is shown literally."""
    assert text in terminal(text)


@hostile
def test_a_page_has_the_same_elements_whatever_is_said(text: str) -> None:
    """No element, attribute or comment comes from a text."""
    page, innocent = Page(to_html(report_with(text))), Page(to_html(report_with("x")))
    assert page.tags == innocent.tags
    assert page.attributes == innocent.attributes
    assert obeyed(to_html(report_with(text)).replace("\t", "")) == []
    assert to_html(report_with(text)).encode()


@hostile
def test_json_is_harmless_and_says_the_same(text: str) -> None:
    """The JSON parses to the original text, and is safe to print and to embed in a page."""
    shown = to_json(report_with(text))
    assert json.loads(shown) == joined(report_with(text).to_dict())
    assert obeyed(shown) == []
    assert "<" not in shown
    assert tallest(shown) <= 4
    assert shown.encode()


@hostile
def test_a_table_has_its_rows_and_no_formula(text: str) -> None:
    """Each criterion is one row of eleven fields."""
    shown = to_csv(report_with(text))
    assert obeyed(shown.replace("\r\n", "")) == []
    rows = list(csv.reader(io.StringIO(shown, newline="")))
    assert [len(row) for row in rows] == [11] * 3
    assert shown.count("\r\n") == 3


@given(anything)
def test_any_text_is_inert_everywhere(text: str) -> None:
    """The same holds for arbitrary text."""
    for shown in (terminal(text), to_json(report_with(text)), to_html(report_with(text))):
        assert obeyed(shown.replace("\t", "")) == []
        assert tallest(shown) <= 4
    assert json.loads(to_json(report_with(text))) == joined(report_with(text).to_dict())
    assert Page(to_html(report_with(text or "x"))).tags == Page(to_html(report_with("x"))).tags
