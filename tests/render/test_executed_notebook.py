"""Building the executed notebook from untrusted outputs: the result is always valid."""

import json

import nbformat
import pytest

from grader.execution.result import ResultCollector, RunResult
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


def gathered(*payloads: bytes) -> RunResult:
    """Collect these payloads as the outputs of consecutive cells."""
    collector = ResultCollector()
    for cell, payload in enumerate(payloads):
        collector.add(Frame(kind=FrameKind.OUTPUTS, header={"cell": cell}, payload=payload), None)
    return collector.finish(isolation="none", limit_exceeded="")


@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
def test_outputs_that_are_none_are_dropped(payload: bytes) -> None:
    """Outputs that the driver cannot have sent are dropped, and the cell's code is kept."""
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
    """JSON is parsed, invalid media types are dropped, and the notebook is valid."""
    payload = json.dumps([{"kind": "display_data", "texts": texts}]).encode()
    read = nbformat.reads(to_notebook(submission("x"), gathered(payload)), as_version=4)
    nbformat.validate(read)
    assert read.cells[0].outputs[0].data == expected


def test_all_outputs_together_have_a_limit() -> None:
    """A manipulated driver cannot make the grader hold more than ten megabytes of outputs."""
    megabyte = b"x" * 2**20
    assert len(gathered(*[megabyte] * 40).outputs) == 10


def test_a_cells_outputs_count_once() -> None:
    """A second set of outputs for the same cell is ignored."""
    collector = ResultCollector()
    for payload in (b"[]", b"[1]"):
        collector.add(Frame(kind=FrameKind.OUTPUTS, header={"cell": 0}, payload=payload), None)
    assert collector.outputs == {0: b"[]"}
