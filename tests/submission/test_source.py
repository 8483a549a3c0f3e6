"""Static analysis of code: defined names, stubs and IPython magics."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission.source import (
    defined_names,
    extract_definitions,
    find_stubs,
    is_valid_python,
    remove_install_lines,
    strip_magics,
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
    """An install line becomes `pass` and is reported as removed."""
    assert remove_install_lines(f"x = 1\n{line}\ny = 2") == ("x = 1\npass\ny = 2", [line])


def test_an_install_in_a_block_keeps_its_indentation() -> None:
    """Replacing an install line keeps the block around it valid."""
    cleaned, removed = remove_install_lines("if True:\n    !pip install x\n")
    assert cleaned == "if True:\n    pass\n"
    assert removed == ["!pip install x"]


def test_an_install_over_several_lines_is_one() -> None:
    """An install line continued with a backslash is removed with its continuation."""
    cleaned, removed = remove_install_lines("!pip install x \\\n   y\nz = 1")
    assert cleaned == "pass\nz = 1"
    assert len(removed) == 1


def test_an_install_under_a_cell_magic_is_taken_out() -> None:
    """An install line below `%%capture`, as is common on Colab, is removed."""
    source = "%%capture output\n!pip install torch\nimport torch"
    cleaned = "%%capture output\npass\nimport torch"
    assert remove_install_lines(source) == (cleaned, ["!pip install torch"])


@pytest.mark.parametrize(
    "source", ["%%bash\npip list", "!ls", "%matplotlib inline", "pip = 1", "n = (m\n  % pip)", ""]
)
def test_what_is_no_install_stays(source: str) -> None:
    """Other magics, other languages and plain Python are left unchanged."""
    assert remove_install_lines(source) == (source, [])


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
    """Code without its magics, shell lines and help requests parses and defines the same names."""
    assert not is_valid_python(source) or source == "x = 1"
    assert is_valid_python(strip_magics(source))
    assert "x" in defined_names([source])


def test_other_languages_define_nothing() -> None:
    """A cell in another language is converted to an empty string."""
    assert strip_magics("%%bash\nx=1") == ""
    assert strip_magics("%%html\n<b>x</b>") == ""


def test_plain_python_is_left_alone() -> None:
    """A line of a string or expression that looks like a magic is not a magic."""
    assert strip_magics(DOCUMENTED) == DOCUMENTED
    assert defined_names([DOCUMENTED]) == {"ask"}


def test_definitions_are_what_is_safe_to_keep() -> None:
    """Imports, functions and classes are kept; assignments, calls and loops are not."""
    source = "import torch\nx = f()\ndef f(): return 1\nclass A: pass\nwhile True: pass\n%time f()"
    kept = extract_definitions(source)
    assert kept == "import torch\n\ndef f():\n    return 1\n\nclass A:\n    pass"


@pytest.mark.parametrize("source", ["def f(:", "x = 1", "", "(" * 500, "\x00"])
def test_no_definitions_are_an_empty_string(source: str) -> None:
    """Code that does not parse has no definitions."""
    assert extract_definitions(source) == ""


def test_defined_names_are_found_at_any_depth() -> None:
    """Functions and assigned names are found in blocks too; a cell that does not parse has none."""
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
    """A function with the template's body is a stub."""
    assert find_stubs([f"def f(x):\n    {body}\n"]) == {"f"}


@pytest.mark.parametrize("body", ["return None", "return 0", "x = 1; raise NotImplementedError"])
def test_whatever_does_something_is_no_stub(body: str) -> None:
    """A function that returns anything, even None, is an attempt."""
    assert find_stubs([f"def f(x):\n    {body}\n"]) == frozenset()


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
    """A stub that is redefined further down, in whatever way, is no stub."""
    assert find_stubs(["def f(x): pass", later]) == frozenset()
    assert find_stubs([later, "def f(x): pass"]) == {"f"}


@given(st.text())
def test_any_text_can_be_read(source: str) -> None:
    """Static analysis never raises."""
    remove_install_lines(source)
    extract_definitions(source)
    assert find_stubs([source]) <= defined_names([source])


def test_odd_escapes_are_read_in_silence() -> None:
    r"""An invalid escape such as "\d" in a student's string draws no warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert defined_names(['x = "\\d"']) == {"x"}
    assert not caught
