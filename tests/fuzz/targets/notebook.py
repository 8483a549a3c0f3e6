"""The reader of submitted notebooks."""

import json
from pathlib import Path

from grader.errors import SubmissionError
from grader.rubric.sections import Limits
from grader.submission.read import MAX_CODE, parse_submission
from tests.fuzz.pieces import Pieces
from tests.fuzz.targets import one_line
from tests.text_files import notebook

_KEYS = (
    "cells", "worksheets", "nbformat", "metadata", "cell_type", "source", "input", "code",
    "kernelspec", "language_info", "language", "name",
)  # fmt: skip
_WORDS = ("code", "markdown", "python", "R\x1b[2J", "x = 1\n", "x <- 1", "%%bash\n", 3, 4, 4.5)
_NOTEBOOK = notebook("x = 1", ["def f():\n", "    pass"], kernelspec={"language": "R"})
_OLD = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1"}]}]}

SEEDS = (
    b"\x00" + json.dumps(_NOTEBOOK).encode(),
    b"\x00" + json.dumps(_OLD).encode(),
    b"\x00\xef\xbb\xbf" + json.dumps(_NOTEBOOK).encode(),
    b"\x00" + json.dumps(_NOTEBOOK).encode("utf-16"),
    b'\x00{"cells": [{"cell_type": "code", "source": "\\ud800"}], "cells": [NaN, 1e999]}',
    b"\x01" + bytes(range(9, 200)),
    b"\x02" + bytes(range(200)),
)


def one(data: bytes) -> None:
    """Read bytes as a file, as changes to a notebook, or as JSON with a notebook's keys."""
    how, body = data[:1], data[1:]
    if how == b"\x01":
        read(json.dumps(Pieces(body).altered(_NOTEBOOK, _WORDS)).encode())
    elif how == b"\x02":
        read(json.dumps(Pieces(body).thing(_KEYS, _WORDS)).encode())
    else:
        read(body)


def read(data: bytes) -> None:
    """Read a submission; nothing but `SubmissionError` may be raised."""
    try:
        found = parse_submission(
            data, Path("a\n\x1b[2J\u202e") / "b\n\x1b[2J\u202e.ipynb", Limits()
        )
    except SubmissionError as error:
        one_line(error)
        return
    assert found.cells
    assert sum(len(cell.source.encode()) for cell in found.cells) <= 4 * MAX_CODE
    assert all(note.isprintable() for note in found.notes)
