"""Students' code, read without running it."""

from grader.submission.source import (
    defined_names,
    definitions,
    parses,
    readable,
    stubs,
    without_installs,
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
    """Read bytes as a cell, or as a cell made of words that are awkward together."""
    pieces = Pieces(data[1:])
    if data[:1] == b"\x00":
        read(pieces.rest().decode("utf-8", "surrogateescape"))
    else:
        read("".join(pieces.of(_WORDS) for _ in range(len(data) - 1)))


def read(source: str) -> None:
    """Whatever the code, each question has an answer."""
    cleaned, taken = without_installs(source)
    assert all(line in source.replace("\\\n", " ") for line in taken)
    for text in {source, cleaned}:
        assert isinstance(readable(text), str)
        kept = definitions(text)
        assert kept == "" or parses(kept)
        assert stubs([text]) is not None
        assert all(isinstance(name, str) for name in defined_names([text]))
