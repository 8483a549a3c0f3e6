"""Static analysis of adversarial code takes bounded time and always returns."""

import time

import pytest

from grader.submission.source import (
    defined_names,
    extract_definitions,
    find_stubs,
    remove_install_lines,
    strip_magics,
)

HARD = {
    "blank lines": "(\n" + "\n" * 100_000,
    "spaces": "(\n!" + " " * 100_000 + "x",
    "indents": "(\n" + " " * 100_000 + "x",
    "question marks": "(\n" + "?" * 20_000 + "x",
    "a row of words": "(\n" + "a, " * 30_000 + "!",
    "magics on magics": "%%time\n" * 20_000 + "!pip install x",
}


@pytest.mark.parametrize("source", HARD.values(), ids=HARD)
def test_hard_code_is_read_in_little_time(source: str) -> None:
    """Analysis takes linear time; quadratic time would take minutes here."""
    start = time.monotonic()
    remove_install_lines(source)
    strip_magics(source)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("term", ["1+1" + "+1" * 2000, "-" * 900 + "1", "(" * 80 + "1" + ")" * 80])
def test_deep_code_has_an_answer(term: str) -> None:
    """Code that is nested too deeply to be unparsed is left out."""
    source = f"def f(a={term}):\n    return a\n"
    assert extract_definitions(source) in {"", extract_definitions(source)}
    assert defined_names([source]) >= frozenset()
    assert find_stubs([source]) == frozenset()
