"""Notebooks with `%grade` in them are parsed as if those lines were absent."""

import pytest

from grader.submission.source import (
    defined_names,
    extract_definitions,
    find_stubs,
    remove_install_lines,
    strip_magics,
)

FUNCTION = "def f(x):\n    return x\n"
STUB = 'def f(x):\n    raise NotImplementedError("f")\n'
LINES = ["%load_ext grader", "%grade", "%grade f", "%grade f --hints 2", "checked = %grade f"]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("form", ["{line}\n{code}", "{code}\n{line}", "{code}    \n{line}\n\n"])
def test_definitions_beside_the_lines_are_found(line: str, form: str) -> None:
    """Names, definitions and stubs are those of the cell without `%grade`."""
    cell = form.format(line=line, code=FUNCTION)
    assert defined_names([cell]) - {"checked"} == {"f"}
    assert extract_definitions(cell) == FUNCTION.rstrip()
    assert find_stubs([cell]) == frozenset()
    assert find_stubs([form.format(line=line, code=STUB)]) == {"f"}


@pytest.mark.parametrize("line", LINES)
def test_the_lines_are_not_removed_from_the_code(line: str) -> None:
    """The lines are no installations and still run; parsing ignores them."""
    assert remove_install_lines(f"{line}\nx = 1") == (f"{line}\nx = 1", [])
    assert "%" not in strip_magics(f"{line}\nx = 1")
