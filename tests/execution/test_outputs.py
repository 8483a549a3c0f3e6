"""Tracebacks cut down to the student's own code."""

import json
from collections.abc import Mapping

from grader.execution.outputs import own_frames, traceback_of

TRACE = (
    "\x1b[31m----\x1b[39m\n\x1b[31mIndexError\x1b[39m     Traceback (most recent call last)\n"
    "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[1]\x1b[39m\x1b[32m, line 2\x1b[39m, in "
    "\x1b[36mf\x1b[39m\x1b[34m(x)\x1b[39m\n\x1b[32m----> \x1b[39m\x1b[32m2\x1b[39m "
    "torch.ones(2)[x]\n\n"
    "\x1b[36mFile \x1b[39m\x1b[32m/usr/lib/python3/site-packages/torch/x.py:1\x1b[39m, in g(a)\n"
    "\x1b[32m--> 1\x1b[39m secret\n\n\x1b[31mIndexError\x1b[39m: index 10 is out of bounds"
)


def sent(*outputs: Mapping[str, object]) -> bytes:
    """What the driver sends of a cell."""
    return json.dumps(list(outputs)).encode()


def test_frames_of_libraries_and_colours_are_left_out() -> None:
    """What is left is where in the notebook it happened, without the kernel's count of cells."""
    assert own_frames(TRACE) == "line 2, in f(x):\n----> 2 torch.ones(2)[x]"


def test_the_innermost_frames_are_kept() -> None:
    """Of a deep recursion the last four; of a very long text the end."""
    frame = "Cell In[1], line {}\n----> f()\n\n"
    deep = "".join(frame.format(i) for i in range(2000))
    assert own_frames(deep).startswith("line 1996:")
    assert len(own_frames(("x" * 10**6) + "\nCell In[1], line 1\n" + "y\n" * 10**5)) <= 3000


def test_only_an_error_has_one() -> None:
    """What a cell printed is no traceback, and nor is what nobody can read."""
    error = {"kind": "error", "texts": {"traceback": TRACE}}
    printed = {"kind": "stream", "texts": {"stdout": TRACE}}
    assert traceback_of(sent(printed, error)) == own_frames(TRACE)
    assert traceback_of(sent(printed)) == traceback_of(b"no JSON") == ""
    assert traceback_of(sent({"kind": "error", "texts": {}})) == ""
