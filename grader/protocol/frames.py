"""What travels through the pipe between the grader and its driver: capped, length-prefixed frames.

Layout: u8 kind, u32 head length, u64 payload length, head (JSON object), payload (bytes, see
`grader.protocol.encoding`). Lengths are checked before a byte of the body is read.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import IO, Any

_PREFIX = struct.Struct("<BIQ")
MAX_HEAD_BYTES = 64 * 2**10
MAX_PAYLOAD_BYTES = 17 * 2**20
MAX_STREAM_BYTES = 64 * 2**20


class FrameKind(IntEnum):
    """What a frame says."""

    JOB = 1
    RECORDED_CALL = 2
    ENVIRONMENT = 3
    CELL = 4
    HEATMAP = 5
    OBSERVATION = 6
    TROUBLE = 7
    DONE = 8
    READY = 9
    PROBE = 10
    WEIGHTS = 11
    OUTPUTS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message: a small JSON object and, for values, their bytes."""

    kind: FrameKind
    head: dict[str, Any] = field(default_factory=dict)
    payload: bytes = b""


class FrameError(ValueError):
    """The stream holds something that is not a frame."""


def write_frame(stream: IO[bytes], frame: Frame) -> None:
    """Write one frame and flush it, so that what was observed is never lost with the writer."""
    head = json.dumps(frame.head).encode()
    stream.write(_PREFIX.pack(frame.kind, len(head), len(frame.payload)) + head + frame.payload)
    stream.flush()


def read_frames(
    stream: IO[bytes], *, max_head: int = MAX_HEAD_BYTES, max_total: int = MAX_STREAM_BYTES
) -> Iterator[Frame]:
    """Read frames until the stream ends.

    Args:
        stream: Where they come from.
        max_head: Largest JSON head accepted, in bytes.
        max_total: Bytes of all frames together.

    Raises:
        FrameError: A frame is malformed or too large, or all of them together are.
    """
    total = 0
    while prefix := stream.read(_PREFIX.size):
        if len(prefix) < _PREFIX.size:
            raise FrameError("a frame is cut short")
        kind, head_size, payload_size = _PREFIX.unpack(prefix)
        total += _PREFIX.size + head_size + payload_size
        if head_size > max_head or payload_size > MAX_PAYLOAD_BYTES or total > max_total:
            raise FrameError("a frame is too large")
        yield _frame(
            kind, stream.read(head_size), stream.read(payload_size), head_size, payload_size
        )


def _frame(kind: int, head: bytes, payload: bytes, head_size: int, payload_size: int) -> Frame:
    if len(head) < head_size or len(payload) < payload_size:
        raise FrameError("a frame is cut short")
    try:
        parsed = json.loads(head)
        known = FrameKind(kind)
    except (ValueError, RecursionError) as error:
        raise FrameError("a frame is malformed") from error
    if not isinstance(parsed, dict):
        raise FrameError("a frame's head is not an object")
    return Frame(kind=known, head=parsed, payload=payload)
