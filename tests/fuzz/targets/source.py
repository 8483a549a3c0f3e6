"""The analysis of students' code, which does not run it."""

from grader.submission.source import (
    defined_names,
    extract_definitions,
    find_stubs,
    is_valid_python,
    remove_install_lines,
    strip_magics,
)
from tests.fuzz.pieces import Pieces

_WORDS = (
    "def f(x):\n", "    pass\n", "class C:\n", "%time ", "!pip install x", "%%time\n", "%%bash\n",
    "?", " = ", "a, b", "\n", "\n" * 40, " " * 40, "\\\n", "(", ")" * 30, "-" * 60, "[" * 30,
    "+1" * 90, "lambda: ", "...", "raise NotImplementedError", "f'{", "}'", '"""', "\x00", "\x0c",
    "\ud800", "é", "async ", "match x:\n case _: ", "# coding: utf-7\n", "0" * 60, "import a as b",
    "global x; ",
)  # fmt: skip

SEEDS = (
    b"\x00def f(x):\n    return x\n",
    b"\x00!pip install \\\n  torch\nx = %time f()\nf??\n",
    b"\x00%%capture\n%matplotlib inline\nclass A:\n    def g(self): ...\n",
    b"\x01" + bytes(range(60)),
    b"\x01" + bytes([0, 18, 18, 18, 18, 18, 0, 1]),
)


def one(data: bytes) -> None:
    """Read bytes as a cell, or as a cell built from words that are awkward together."""
    pieces = Pieces(data[1:])
    if data[:1] == b"\x00":
        read(pieces.rest().decode("utf-8", "surrogateescape"))
    else:
        read("".join(pieces.of(_WORDS) for _ in range(len(data) - 1)))


def read(source: str) -> None:
    """Check that every analysis accepts any code."""
    cleaned, taken = remove_install_lines(source)
    assert all(line in source.replace("\\\n", " ") for line in taken)
    for text in {source, cleaned}:
        assert isinstance(strip_magics(text), str)
        kept = extract_definitions(text)
        assert kept == "" or is_valid_python(kept)
        assert find_stubs([text]) is not None
        assert all(isinstance(name, str) for name in defined_names([text]))
