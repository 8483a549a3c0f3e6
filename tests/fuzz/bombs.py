"""Small files that take much time or memory to parse.

``python -m tests.fuzz.bombs NAME`` reads one and prints its cost as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from grader.errors import GraderError
from grader.execution.result import ResultCollector
from grader.protocol.frames import FrameKind, read_frames
from grader.rubric.load import parse_rubric
from grader.rubric.sections import Limits
from grader.submission.read import MAX_CELL_CODE, parse_submission
from tests.text_files import notebook

_CELL = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1"}], "x": '
_MILLION = 10**6


def _notebook(data: Callable[[], bytes]) -> Callable[[], object]:
    return lambda: parse_submission(_CELL + data() + b"}", Path("nb.ipynb"), Limits())


def _code(*sources: str) -> Callable[[], object]:
    content = json.dumps(notebook(*sources, kernelspec={"language": "R"})).encode()
    return lambda: parse_submission(content, Path("nb.ipynb"), Limits())


def _yaml(text: Callable[[], str]) -> Callable[[], object]:
    return lambda: parse_rubric(text(), name="bomb.yaml")


def _cells(kind: FrameKind) -> Callable[[], object]:
    def gather() -> object:
        collector = ResultCollector()
        stream = (bytes([kind]) + (2).to_bytes(4, "little") + bytes(8) + b"{}") * 300_000
        for frame in read_frames(BytesIO(stream)):
            collector.add(frame, "scores")
        return collector.finish(isolation="none", limit_exceeded="")

    return gather


def _aliases(form: str) -> str:
    lines = (f"a{i + 1}: &a{i + 1} " + form.replace("*", f"*a{i}, " * 9) for i in range(30))
    return "\n".join(["a0: &a0 {k: 1}", *lines])


HARMLESS: dict[str, Callable[[], object]] = {
    "figures": _notebook(lambda: b"[" + b"0.25," * _MILLION + b"0]"),
    "marks in text": _notebook(lambda: b'"' + b"[a,b:{" * (5 * _MILLION) + b'"'),
    "emoji": _notebook(lambda: b'"' + b"a" * (20 * _MILLION) + '🙂"'.encode()),
    "cell frames": _cells(FrameKind.CELL),
    "figure frames": _cells(FrameKind.HEATMAP),
}
BOMBS: dict[str, Callable[[], object]] = {
    "lists": _notebook(lambda: b"[" + b"[]," * (16 * _MILLION) + b"0]"),
    "objects": _notebook(lambda: b"[" + b"{}," * (16 * _MILLION) + b"0]"),
    "numbers": _notebook(lambda: b"[" + b"0," * (24 * _MILLION) + b"0]"),
    "texts": _notebook(lambda: b"[" + b'"ab",' * (9 * _MILLION) + b"0]"),
    "escapes": _notebook(lambda: b'"' + b'\\",' * (16 * _MILLION)),
    "depth": _notebook(lambda: b"[" * (2 * _MILLION)),
    "digits": _notebook(lambda: b"9" * (20 * _MILLION)),
    "cells": lambda: parse_submission(
        b'{"cells": [' + b"{}," * _MILLION + b"{}]}", Path("nb.ipynb"), Limits()
    ),
    "a long cell": _code("x=1\n" * MAX_CELL_CODE),
    "long cells": _code(*["x=1\n" * 60_000] * 5),
    "laughs": _yaml(lambda: _aliases("[*]")),
    "merges": _yaml(lambda: _aliases("{<<: [*]}")),
    "a loop": _yaml(lambda: "a: &a [*a]"),
    "keys": _yaml(lambda: "\n".join(f"k{i}: 1" for i in range(80_000))),
    "few keys": _yaml(lambda: "\n".join(f"k{i}: 1" for i in range(20_000))),
    "one key": _yaml(lambda: "k: 1\n" * 20_000),
    "flow": _yaml(lambda: "a: [" + "x, " * 300_000 + "]"),
    "nested": _yaml(lambda: "[" * 500_000),
    "indents": _yaml(lambda: "\n".join(" " * i + "a:" for i in range(1000))),
    "sexagesimal": _yaml(lambda: "a: 1" + ":1" * 400_000),
    "hexadecimal": _yaml(lambda: "a: 0x" + "f" * 900_000),
}


def main(name: str) -> None:
    """Read one file, and print the error, the seconds and the megabytes as JSON."""
    read = (HARMLESS | BOMBS)[name]
    message, start = "", time.monotonic()
    try:
        read()
    except GraderError as error:
        message = str(error)
    seconds = time.monotonic() - start
    sys.stdout.write(json.dumps({"message": message, "seconds": seconds, "megabytes": peak()}))


def peak() -> float:
    """Return this process's peak memory in MB; getrusage would include its parent's."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 2**10


if __name__ == "__main__":
    main(sys.argv[1])
