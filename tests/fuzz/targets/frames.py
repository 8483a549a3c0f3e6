"""The pipe's reader: frames, and the values in them."""

import json
import struct
from io import BytesIO
from typing import Any

import numpy as np

from grader.execution.result import ResultCollector
from grader.protocol.encoding import pack, unpack
from grader.protocol.frames import Frame, FrameError, FrameKind, read_frames, write_frame
from grader.protocol.json_fields import UnreadableError
from grader.protocol.values import ArrayValue, DictValue, Failure, SequenceValue, TextValue
from tests.fuzz.pieces import Pieces
from tests.fuzz.targets import one_line

_KEYS = ("kind", "of", "array", "items", "entries", "text", "ename", "message")
_WORDS = (
    "tensor",
    "float",
    "bool",
    "group",
    "tuple",
    "dict",
    "text",
    "none",
    "error",
    "raised",
    "0",
)
_HEADS = ("probe", "seconds", "cell", "status", "ename", "evalue", "limit", "message", "torch")
_DTYPES = ("F32", "F64", "F16", "BF16", "I64", "U64", "BOOL", "U8", "F8_E4M3", "C64")
_VALUE = SequenceValue(
    kind="tuple",
    items=(
        ArrayValue(kind="tensor", array=np.zeros((2, 3), dtype=np.float32)),
        DictValue(
            entries={"a": ArrayValue(kind="float", array=np.array(1.0)), "b": TextValue(text="t")}
        ),
    ),
)


def _stream() -> bytes:
    stream = BytesIO()
    cell = {"cell": 1, "status": "error", "seconds": 0.5, "ename": "E", "evalue": "v"}
    failure = pack(Failure(kind="raised", ename="E", message="m"))
    for frame in (
        Frame(kind=FrameKind.ENVIRONMENT, header={"torch": "2.4", "gpu": {"count": 0}}),
        Frame(kind=FrameKind.CELL, header=cell),
        Frame(kind=FrameKind.HEATMAP, payload=pack(_VALUE.items[0])),
        Frame(
            kind=FrameKind.OBSERVATION, header={"probe": "0", "seconds": 1}, payload=pack(_VALUE)
        ),
        Frame(kind=FrameKind.OBSERVATION, header={"probe": "p"}, payload=failure),
        Frame(kind=FrameKind.DONE),
    ):
        write_frame(stream, frame)
    return stream.getvalue()


SEEDS = (b"\x00" + _stream(), b"\x01" + pack(_VALUE), b"\x02\x00\x01\x02\x03", b"\x03\x05\x00\x04")


def one(data: bytes) -> None:
    """Read bytes as a stream, as a value, or as a stream or value built from them."""
    how, body = data[:1], data[1:]
    if how == b"\x01":
        read_value(body)
    elif how == b"\x02":
        read_value(_value(Pieces(body)))
    else:
        read_stream(body if how == b"\x00" else _built(Pieces(body)))


def read_value(data: bytes) -> None:
    """Read a value; nothing but `UnreadableError` may be raised."""
    try:
        value = unpack(data)
    except UnreadableError as error:
        one_line(error)
        return
    assert repr(unpack(pack(value))) == repr(unpack(pack(unpack(pack(value)))))


def read_stream(data: bytes) -> None:
    """Collect all frames; nothing but `FrameError` may be raised."""
    collector = ResultCollector()
    try:
        for frame in read_frames(BytesIO(data)):
            collector.add(frame, "0")
    except FrameError as error:
        one_line(error)
    execution = collector.finish(isolation="none", limit_exceeded="")
    assert all(abs(seconds) < 1e12 for seconds in execution.seconds.values())
    assert all(len(str(value)) < 2000 for value in execution.environment.values())


def _built(pieces: Pieces) -> bytes:
    """Build a few frames with odd headers and wrong lengths."""
    stream = b""
    for _ in range(pieces.byte() % 6):
        head = json.dumps(pieces.thing(_HEADS, _WORDS)).encode()
        payload = _value(pieces) if pieces.byte() % 2 else b""
        lie = (0, 0, 0, 0, 1, -1, 2**31, 2**63)[pieces.byte() % 8]
        sizes = max(0, len(head) + (lie if lie < 2**32 else 0)), max(0, len(payload) + lie)
        stream += struct.pack("<BIQ", pieces.byte() % 14, *sizes) + head + payload
    return stream


def _value(pieces: Pieces) -> bytes:
    """Build a container with odd JSON, shapes, dtypes and offsets."""
    structure = json.dumps(pieces.thing(_KEYS, _WORDS))
    header: dict[str, Any] = {"__metadata__": {"structure": structure}}
    for i in range(pieces.byte() % 3):
        shape = [pieces.of((0, 1, 2, 3, 2**31, 2**63, 10**15)) for _ in range(pieces.byte() % 4)]
        offsets = [pieces.byte(), pieces.byte()]
        header[str(i)] = {"dtype": pieces.of(_DTYPES), "shape": shape, "data_offsets": offsets}
    data = json.dumps(header).encode()
    return struct.pack("<Q", len(data)) + data + pieces.rest()
