"""Notebooks with `%grade` in them are read as if the lines were not there."""

import pytest

from grader.submission.source import defined_names, definitions, readable, stubs, without_installs

FUNCTION = "def f(x):\n    return x\n"
STUB = 'def f(x):\n    raise NotImplementedError("f")\n'
LINES = ["%load_ext grader", "%grade", "%grade f", "%grade f --hint 2", "checked = %grade f"]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("form", ["{line}\n{code}", "{code}\n{line}", "{code}    \n{line}\n\n"])
def test_what_a_cell_defines_is_seen_beside_the_lines(line: str, form: str) -> None:
    """Names, definitions and stubs are those of the cell without the magic."""
    cell = form.format(line=line, code=FUNCTION)
    assert defined_names([cell]) - {"checked"} == {"f"}
    assert definitions(cell) == FUNCTION.rstrip()
    assert stubs([cell]) == frozenset()
    assert stubs([form.format(line=line, code=STUB)]) == {"f"}


@pytest.mark.parametrize("line", LINES)
def test_the_lines_stay_in_what_runs(line: str) -> None:
    """They are no install lines; read, they are nothing."""
    assert without_installs(f"{line}\nx = 1") == (f"{line}\nx = 1", [])
    assert "%" not in readable(f"{line}\nx = 1")
