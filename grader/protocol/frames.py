"""Messages between the grader and its driver: length-prefixed frames of limited size.

Layout: u8 kind, u32 header length, u64 payload length, header (JSON object), payload (bytes, see
`grader.protocol.encoding`). Lengths are checked before the body is read.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import IO, Any

MAX_HEADER_BYTES = 64 * 2**10
MAX_PAYLOAD_BYTES = 17 * 2**20
MAX_STREAM_BYTES = 64 * 2**20
_PREFIX = struct.Struct("<BIQ")


class FrameKind(IntEnum):
    """The kind of a message, as its first byte."""

    JOB = 1
    RECORDED_CALL = 2
    ENVIRONMENT = 3
    CELL = 4
    HEATMAP = 5
    OBSERVATION = 6
    ERROR = 7
    DONE = 8
    READY = 9
    PROBE = 10
    WEIGHTS = 11
    OUTPUTS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message: a small JSON object and, for values, their bytes."""

    kind: FrameKind
    header: dict[str, Any] = field(default_factory=dict)
    payload: bytes = b""


class FrameError(ValueError):
    """The stream contains something that is not a frame."""


def write_frame(stream: IO[bytes], frame: Frame) -> None:
    """Write one frame and flush it, so that it arrives even if the writer dies afterwards."""
    head = json.dumps(frame.header).encode()
    stream.write(_PREFIX.pack(frame.kind, len(head), len(frame.payload)) + head + frame.payload)
    stream.flush()


def read_frames(
    stream: IO[bytes], *, max_header: int = MAX_HEADER_BYTES, max_total: int = MAX_STREAM_BYTES
) -> Iterator[Frame]:
    """Yield frames until the stream ends.

    Args:
        max_head: Maximum size of a JSON header in bytes.
        max_total: Maximum size of all frames together in bytes.

    Raises:
        FrameError: A frame is malformed or too large, or all of them together are too large.
    """
    total = 0
    while prefix := stream.read(_PREFIX.size):
        if len(prefix) < _PREFIX.size:
            raise FrameError("a frame is cut short")
        kind, head_size, payload_size = _PREFIX.unpack(prefix)
        total += _PREFIX.size + head_size + payload_size
        if head_size > max_header or payload_size > MAX_PAYLOAD_BYTES or total > max_total:
            raise FrameError("a frame is too large")
        head, payload = stream.read(head_size), stream.read(payload_size)
        if len(head) < head_size or len(payload) < payload_size:
            raise FrameError("a frame is cut short")
        yield _parse(kind, head, payload)


def _parse(kind: int, head: bytes, payload: bytes) -> Frame:
    try:
        parsed = json.loads(head)
        known = FrameKind(kind)
    except (ValueError, RecursionError) as error:
        raise FrameError("a frame is malformed") from error
    if not isinstance(parsed, dict):
        raise FrameError("a frame's head is not an object")
    return Frame(kind=known, header=parsed, payload=payload)
