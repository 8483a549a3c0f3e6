"""The executed notebook out of whatever came through the pipe: always one that Jupyter opens."""

import json

import nbformat
import pytest

from grader.execution.result import Execution, Gathering
from grader.protocol.frames import Frame, FrameKind
from grader.render.executed_notebook import to_notebook
from tests.builders import submission

HOSTILE = [
    b"",
    b"{",
    b"[" * 100_000,
    b'[{"kind": "widget", "texts": {}}]',
    b'[{"kind": "stream", "texts": {"stdout": 3}}]',
    b'[{"kind": "stream", "texts": {"stdout": "\\ud800"}}]',
    json.dumps([{"kind": "stream", "texts": {}}] * 201).encode(),
    json.dumps([{"kind": "error", "texts": {str(i): "" for i in range(21)}}]).encode(),
]


def gathered(*payloads: bytes) -> Execution:
    """What came as the outputs of cells, one after the other."""
    gathering = Gathering()
    for cell, payload in enumerate(payloads):
        gathering.take(Frame(kind=FrameKind.OUTPUTS, head={"cell": cell}, payload=payload), None)
    return gathering.execution(isolation="none", overrun="")


@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
def test_outputs_that_are_none_are_dropped(payload: bytes) -> None:
    """Of a cell whose outputs are not what a driver sends, the code is left."""
    read = nbformat.reads(to_notebook(submission("x = 1"), gathered(payload)), as_version=4)
    assert [(cell.source, cell.outputs) for cell in read.cells] == [("x = 1", [])]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"application/json": "[" * 50_000}, {"text/plain": "[left out: it could not be read]"}),
        ({"application/json": '{"a": 1}'}, {"application/json": {"a": 1}}),
        ({"no type": "x", "über/text": "x", "text/plain": "y"}, {"text/plain": "y"}),
        ({"text/html": "<script>"}, {"text/html": "<script>"}),
    ],
)
def test_a_display_has_the_forms_that_can_be_read(
    texts: dict[str, str], expected: dict[str, object]
) -> None:
    """JSON is an object again, what is no media type is dropped, and the notebook is valid."""
    payload = json.dumps([{"kind": "display_data", "texts": texts}]).encode()
    read = nbformat.reads(to_notebook(submission("x"), gathered(payload)), as_version=4)
    nbformat.validate(read)
    assert read.cells[0].outputs[0].data == expected


def test_all_outputs_together_have_a_limit() -> None:
    """A driver that is not ours cannot make the grader hold more than ten megabytes of them."""
    megabyte = b"x" * 2**20
    assert len(gathered(*[megabyte] * 40).outputs) == 10


def test_a_cells_outputs_count_once() -> None:
    """What comes for a cell a second time does not take the place of the first."""
    gathering = Gathering()
    for payload in (b"[]", b"[1]"):
        gathering.take(Frame(kind=FrameKind.OUTPUTS, head={"cell": 0}, payload=payload), None)
    assert gathering.outputs == {0: b"[]"}
