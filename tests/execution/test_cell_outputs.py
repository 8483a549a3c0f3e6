"""Tracebacks are cut down to the student's own code."""

import json
from collections.abc import Mapping

from grader.execution.cell_outputs import student_frames, student_traceback

TRACE = (
    "\x1b[31m----\x1b[39m\n\x1b[31mIndexError\x1b[39m     Traceback (most recent call last)\n"
    "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[1]\x1b[39m\x1b[32m, line 2\x1b[39m, in "
    "\x1b[36mf\x1b[39m\x1b[34m(x)\x1b[39m\n\x1b[32m----> \x1b[39m\x1b[32m2\x1b[39m "
    "torch.ones(2)[x]\n\n"
    "\x1b[36mFile \x1b[39m\x1b[32m/usr/lib/python3/site-packages/torch/x.py:1\x1b[39m, in g(a)\n"
    "\x1b[32m--> 1\x1b[39m secret\n\n\x1b[31mIndexError\x1b[39m: index 10 is out of bounds"
)


def sent(*outputs: Mapping[str, object]) -> bytes:
    """Return a cell's outputs as the driver sends them."""
    return json.dumps(list(outputs)).encode()


def test_frames_of_libraries_and_colours_are_left_out() -> None:
    """The lines of the notebook remain, without the kernel's execution count."""
    assert student_frames(TRACE) == "line 2, in f(x):\n----> 2 torch.ones(2)[x]"


def test_the_innermost_frames_are_kept() -> None:
    """A deep recursion keeps its last four frames, a very long text its end."""
    frame = "Cell In[1], line {}\n----> f()\n\n"
    deep = "".join(frame.format(i) for i in range(2000))
    assert student_frames(deep).startswith("line 1996:")
    assert len(student_frames(("x" * 10**6) + "\nCell In[1], line 1\n" + "y\n" * 10**5)) <= 3000


def test_only_an_error_has_one() -> None:
    """Printed text and malformed outputs yield no traceback."""
    error = {"kind": "error", "texts": {"traceback": TRACE}}
    printed = {"kind": "stream", "texts": {"stdout": TRACE}}
    assert student_traceback(sent(printed, error)) == student_frames(TRACE)
    assert student_traceback(sent(printed)) == student_traceback(b"no JSON") == ""
    assert student_traceback(sent({"kind": "error", "texts": {}})) == ""
