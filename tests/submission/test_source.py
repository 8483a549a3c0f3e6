"""Reading code without running it."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission.source import (
    defined_names,
    definitions,
    parses,
    readable,
    stubs,
    without_installs,
)

DOCUMENTED = '''def ask(n, m):
    """Where does it look?
    %time is no magic in a string
    """
    return (n
        % m)
'''


@pytest.mark.parametrize(
    "line",
    [
        "!pip install torch",
        "%pip install -q transformer_lens",
        "!pip3 install x",
        "! python -m pip install x",
        "!uv pip install x",
        "!sudo apt-get install -y graphviz",
        "%conda install x",
    ],
)
def test_installs_are_taken_out(line: str) -> None:
    """What the lab needs is there: an install line becomes `pass`, and is said to be skipped."""
    assert without_installs(f"x = 1\n{line}\ny = 2") == ("x = 1\npass\ny = 2", [line])


def test_an_install_in_a_block_keeps_its_indentation() -> None:
    """The block around an install line stays a block."""
    cleaned, taken = without_installs("if True:\n    !pip install x\n")
    assert cleaned == "if True:\n    pass\n"
    assert taken == ["!pip install x"]


def test_an_install_over_several_lines_is_one() -> None:
    """A line continued with a backslash goes with its continuation."""
    cleaned, taken = without_installs("!pip install x \\\n   y\nz = 1")
    assert cleaned == "pass\nz = 1"
    assert len(taken) == 1


def test_an_install_under_a_cell_magic_is_taken_out() -> None:
    """`%%capture` over an install line, as on Colab, does not make it run."""
    source = "%%capture output\n!pip install torch\nimport torch"
    cleaned = "%%capture output\npass\nimport torch"
    assert without_installs(source) == (cleaned, ["!pip install torch"])


@pytest.mark.parametrize(
    "source", ["%%bash\npip list", "!ls", "%matplotlib inline", "pip = 1", "n = (m\n  % pip)", ""]
)
def test_what_is_no_install_stays(source: str) -> None:
    """Other magics, other languages and plain Python are not touched."""
    assert without_installs(source) == (source, [])


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 1",
        "!ls\nx = 1",
        "ablate_heads?\nx = 1",
        "files = !ls\nx = 1",
        "model??\nx = 1",
        "%%time\nx = 1",
        "%%capture out\n!ls\nx = 1",
        "\n%%time\nx = 1",
        "for i in range(2):\n    %time f()\nx = 1",
        "x = 1",
    ],
)
def test_ipython_becomes_python(source: str) -> None:
    """Magics, shell lines and questions leave Python that parses and defines the same names."""
    assert not parses(source) or source == "x = 1"
    assert parses(readable(source))
    assert "x" in defined_names([source])


def test_other_languages_define_nothing() -> None:
    """A cell in another language is empty as Python."""
    assert readable("%%bash\nx=1") == ""
    assert readable("%%html\n<b>x</b>") == ""


def test_plain_python_is_left_alone() -> None:
    """A string or an expression whose line looks like a magic is no magic."""
    assert readable(DOCUMENTED) == DOCUMENTED
    assert defined_names([DOCUMENTED]) == {"ask"}


def test_definitions_are_what_is_safe_to_keep() -> None:
    """Imports, functions and classes; no assignment, no call, no loop."""
    source = "import torch\nx = f()\ndef f(): return 1\nclass A: pass\nwhile True: pass\n%time f()"
    kept = definitions(source)
    assert kept == "import torch\n\ndef f():\n    return 1\n\nclass A:\n    pass"


@pytest.mark.parametrize("source", ["def f(:", "x = 1", "", "(" * 500, "\x00"])
def test_no_definitions_are_an_empty_string(source: str) -> None:
    """Code that does not parse keeps nothing."""
    assert definitions(source) == ""


def test_defined_names_are_found_at_any_depth() -> None:
    """Functions and assigned names, in blocks too; a cell that does not parse has none."""
    sources = ["if True:\n    def f(): pass\n    x = 1", "a, b = 1, 2", "def g(:", "import torch"]
    assert defined_names(sources) == {"f", "x", "a", "b"}


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "...",
        '"""Says what to do."""',
        "raise NotImplementedError",
        'raise NotImplementedError("f")',
        '"""Doc."""\n    pass  # your code here',
    ],
)
def test_stubs_do_nothing(body: str) -> None:
    """A function as the template has it is not attempted."""
    assert stubs([f"def f(x):\n    {body}\n"]) == {"f"}


@pytest.mark.parametrize("body", ["return None", "return 0", "x = 1; raise NotImplementedError"])
def test_whatever_does_something_is_no_stub(body: str) -> None:
    """An answer, even None, is an attempt."""
    assert stubs([f"def f(x):\n    {body}\n"]) == frozenset()


@pytest.mark.parametrize(
    "later",
    [
        "def f(x):\n    return x",
        "f = lambda x: x",
        "f = torch.no_grad()(solution)",
        "from mine import f",
        "from mine import g as f",
        "try:\n    def f(x): return x\nexcept Exception: pass",
    ],
)
def test_the_last_definition_counts(later: str) -> None:
    """A stub given another value further down, in whatever way, is written."""
    assert stubs(["def f(x): pass", later]) == frozenset()
    assert stubs([later, "def f(x): pass"]) == {"f"}


@given(st.text())
def test_any_text_can_be_read(source: str) -> None:
    """Reading never raises."""
    without_installs(source)
    definitions(source)
    assert stubs([source]) <= defined_names([source])


def test_odd_escapes_are_read_in_silence() -> None:
    r"""A string like "\d" draws no warning: it is the student's, and harmless."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert defined_names(['x = "\\d"']) == {"x"}
    assert not caught
