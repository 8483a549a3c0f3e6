"""The reader of rubrics."""

import json
from typing import Any

import yaml

from grader.errors import RubricError
from grader.rubric.load import parse_rubric
from tests.builders import MINI_RUBRIC
from tests.fuzz.pieces import Pieces

_RUBRIC: Any = yaml.safe_load(MINI_RUBRIC)
_WORDS = ("scores", "close", "shape", "head", "planted-4x3@*", "f(", ".nan", "2024-01-01", 1, True)
_MAX_LINES = 102

SEEDS = (
    b"\x00" + MINI_RUBRIC.encode(),
    b"\x00a: &a [1, 2]\nb: [*a, *a]\nc: {<<: {d: 1}}\n? [e]\n: !!python/name:os.system ''\n",
    b"\x00a: !!int ''\nb: !!bool x\nc: !!timestamp x\nd: !!binary '='\ne: 1:2:3\nf: 0x_\ng: =\n",
    b'\x00"\\ud800": "\\0"\nt: |2-\n   x\n%YAML 1.1\n---\n...\n',
    b"\x01",
    b"\x01" + bytes(range(9, 250)),
)


def one(data: bytes) -> None:
    """Read bytes as a rubric's text, or as changes to a valid rubric."""
    how, body = data[:1], data[1:]
    if how == b"\x01":
        read(json.dumps(Pieces(body).altered(_RUBRIC, _WORDS)))
    else:
        read(body.decode("utf-8", "replace"))


def read(text: str) -> None:
    """Read a rubric; nothing but `RubricError` may be raised, with one plain line a mistake."""
    try:
        file = parse_rubric(text, name="r\n\x1b[2J.yaml")
    except RubricError as error:
        lines = str(error).split("\n")
        assert len(lines) <= _MAX_LINES
        for line in lines:
            assert line.isprintable(), f"not one plain line: {line!r}"
        return
    assert len(file.probing_sha256) == 64
