"""Reading code written to be hard to read: bounded time, and an answer to every question."""

import time

import pytest

from grader.submission.source import defined_names, definitions, readable, stubs, without_installs

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
    """In the square of its length it would take minutes."""
    start = time.monotonic()
    without_installs(source)
    readable(source)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("term", ["1+1" + "+1" * 2000, "-" * 900 + "1", "(" * 80 + "1" + ")" * 80])
def test_deep_code_has_an_answer(term: str) -> None:
    """What nests more deeply than it can be written out again is left out."""
    source = f"def f(a={term}):\n    return a\n"
    assert definitions(source) in {"", definitions(source)}
    assert defined_names([source]) >= frozenset()
    assert stubs([source]) == frozenset()
