"""Functions are read from any code, run by nobody; what cannot be read costs nothing else."""

import pytest

from grader.similarity.normalise import MOST, code_of
from tests.similarity.course import GIVEN, given


def test_the_last_definition_counts() -> None:
    """Wherever it stands outside of other functions, among magics and shell lines."""
    cells = [
        "def f():\n    return 1",
        "%matplotlib inline\n!pip install x\nif True:\n    @cache\n    def f():\n        return 2",
        "%%time\nclass C:\n    def f(self):\n        return 3",
    ]
    found = code_of(cells).functions
    assert {name: one.normal for name, one in found.items()} == {
        "f": "return 2",
        "C": "def v0(v1):\n    return 3",
    }
    assert found["f"].source == "@cache\ndef f():\n    return 2"


def test_what_cannot_be_read_is_counted() -> None:
    """A cell that is no Python, and a function nested more deeply than anyone writes."""
    deep = "def g():\n    return " + "-" * 600 + "1"
    found = code_of(["def f(:", "def f():\n    return 1\r", deep, "\x00"])
    assert (set(found.functions), found.unread, found.cut) == ({"f"}, 3, False)


def test_pasted_data_is_left_out() -> None:
    """A notebook of more code than anyone writes is no reason to wait."""
    found = code_of([f"def f():\n    return {'1, ' * MOST}", "def g():\n    return 1"])
    assert (set(found.functions), found.cut) == ({"g"}, True)


@pytest.mark.parametrize("name", ["model", "np", "torch", "top_induction_heads", "ablate_heads"])
def test_names_of_the_lab_stay(name: str) -> None:
    """Its own, those of its imports and those that are asked for: everyone must use these."""
    assert name in GIVEN.names
    found = code_of(
        [f"import x as {name}\n{name} = 1\nmine = 1\ndef f():\n    return {name} + mine"]
    )
    assert found.functions["f"].normal == "return v0 + v1"
    kept = code_of([f"{name} = 1\nmine = 1\ndef f():\n    return {name} + mine"], GIVEN.names)
    assert kept.functions["f"].normal == f"return {name} + v0"


def test_a_builtin_stays_one() -> None:
    """Also where the author has used its name for something, as many do."""
    found = code_of(["list = [1]\nmine = 1", "def f():\n    return list(mine)"])
    assert found.functions["f"].normal == "return list(v0)"


def test_a_copy_of_the_handout_has_no_runs_of_its_own() -> None:
    """The template's code is left out, and reading it twice finds the same."""
    assert given() == GIVEN
    assert len(GIVEN.runs) > 500
