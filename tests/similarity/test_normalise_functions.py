"""Tests of reading functions from any code without running it."""

import pytest

from grader.similarity.normalise import MAX_CHARACTERS, read_code
from tests.similarity.course import HANDOUT, lab_handout


def test_the_last_definition_counts() -> None:
    """Definitions may stand anywhere outside of other functions, among magics and shell lines."""
    cells = [
        "def f():\n    return 1",
        "%matplotlib inline\n!pip install x\nif True:\n    @cache\n    def f():\n        return 2",
        "%%time\nclass C:\n    def f(self):\n        return 3",
    ]
    found = read_code(cells).functions
    assert {name: one.normalised for name, one in found.items()} == {
        "f": "return 2",
        "C": "def v0(v1):\n    return 3",
    }
    assert found["f"].source == "@cache\ndef f():\n    return 2"


def test_unreadable_code_is_counted() -> None:
    """Cells that are not Python, and functions nested too deeply, are counted and skipped."""
    deep = "def g():\n    return " + "-" * 600 + "1"
    found = read_code(["def f(:", "def f():\n    return 1\r", deep, "\x00"])
    assert (set(found.functions), found.unreadable, found.truncated) == ({"f"}, 3, False)


def test_pasted_data_is_left_out() -> None:
    """Functions beyond the size limit are left out, so that comparing stays fast."""
    found = read_code([f"def f():\n    return {'1, ' * MAX_CHARACTERS}", "def g():\n    return 1"])
    assert (set(found.functions), found.truncated) == ({"g"}, True)


@pytest.mark.parametrize("name", ["model", "np", "torch", "top_induction_heads", "ablate_heads"])
def test_the_labs_names_are_kept(name: str) -> None:
    """Names of the template, its imports and the rubric's functions are prescribed to all."""
    assert name in HANDOUT.names
    found = read_code(
        [f"import x as {name}\n{name} = 1\nmine = 1\ndef f():\n    return {name} + mine"]
    )
    assert found.functions["f"].normalised == "return v0 + v1"
    with_handout = read_code(
        [f"{name} = 1\nmine = 1\ndef f():\n    return {name} + mine"], HANDOUT.names
    )
    assert with_handout.functions["f"].normalised == f"return {name} + v0"


def test_builtins_are_kept() -> None:
    """A builtin's name is kept even if the author has rebound it."""
    found = read_code(["list = [1]\nmine = 1", "def f():\n    return list(mine)"])
    assert found.functions["f"].normalised == "return list(v0)"


def test_the_handout_is_read_reproducibly() -> None:
    """Reading the template twice gives the same k-grams."""
    assert lab_handout() == HANDOUT
    assert len(HANDOUT.kgrams) > 500
