"""Frames: their sizes are limited before they are read, and nothing else is accepted."""

import struct
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.protocol.frames import (
    MAX_HEADER_BYTES,
    MAX_PAYLOAD_BYTES,
    Frame,
    FrameError,
    FrameKind,
    read_frames,
    write_frame,
)

FRAMES = [
    Frame(kind=FrameKind.ENVIRONMENT, header={"torch": "2.4", "é": ["\n"]}),
    Frame(kind=FrameKind.OBSERVATION, header={"probe": "scores"}, payload=bytes(range(256))),
    Frame(kind=FrameKind.DONE),
]


class Untouched(BytesIO):
    """A stream that holds only a frame's prefix, and fails if more is read."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read the prefix, and nothing else."""
        assert size == 13, f"{size} bytes were asked for"
        return super().read(size)


def prefix(kind: int, head: int, payload: int) -> bytes:
    """Return a frame's first bytes."""
    return struct.pack("<BIQ", kind, head, payload)


def test_frames_come_back() -> None:
    """A stream of frames is read as it was written."""
    stream = BytesIO()
    for frame in FRAMES:
        write_frame(stream, frame)
    stream.seek(0)
    assert list(read_frames(stream)) == FRAMES


@pytest.mark.parametrize("size", [1, 12, 13, 20, 40])
def test_cut_short_is_an_error(size: int) -> None:
    """A frame that is cut short is an error, after the complete frames before it."""
    stream = BytesIO()
    write_frame(stream, FRAMES[2])
    whole = stream.tell()
    write_frame(stream, FRAMES[1])
    frames = read_frames(BytesIO(stream.getvalue()[: whole + size]))
    assert next(frames) == FRAMES[2]
    with pytest.raises(FrameError, match="cut short"):
        next(frames)


@pytest.mark.parametrize(
    ("head", "payload"), [(MAX_HEADER_BYTES + 1, 0), (2, MAX_PAYLOAD_BYTES + 1), (2, 2**64 - 1)]
)
def test_too_large_is_refused_unread(head: int, payload: int) -> None:
    """A length over the limit is refused before the body is read."""
    with pytest.raises(FrameError, match="too large"):
        next(read_frames(Untouched(prefix(1, head, payload))))


def test_all_frames_together_are_capped() -> None:
    """Many frames, each small enough, end at the stream's limit."""
    one = prefix(6, 2, MAX_PAYLOAD_BYTES) + b"{}" + bytes(MAX_PAYLOAD_BYTES)
    frames = read_frames(BytesIO(one * 4))
    assert [next(frames).kind for _ in range(3)] == [FrameKind.OBSERVATION] * 3
    with pytest.raises(FrameError, match="too large"):
        next(frames)


def test_a_job_may_have_a_larger_head() -> None:
    """The driver reads the grader's frames with a larger limit."""
    head = b'{"a":"' + b"x" * MAX_HEADER_BYTES + b'"}'
    stream = BytesIO(prefix(1, len(head), 0) + head)
    assert next(read_frames(stream, max_header=len(head))).kind is FrameKind.JOB


@pytest.mark.parametrize(
    ("kind", "head"),
    [(1, b""), (1, b"{"), (1, b"\xff"), (1, b"[" * 9000), (0, b"{}"), (99, b"{}"), (1, b"[]")],
)
def test_malformed_is_an_error(kind: int, head: bytes) -> None:
    """A header that is not a JSON object, or an unknown kind, is a `FrameError`."""
    with pytest.raises(FrameError):
        next(read_frames(BytesIO(prefix(kind, len(head), 0) + head)))


@given(st.binary(max_size=300), st.integers(0, 9), st.integers(0, 20), st.integers(0, 20))
def test_arbitrary_bytes_are_frames_or_an_error(
    data: bytes, kind: int, head: int, size: int
) -> None:
    """No bytes at all raise another error."""
    for stream in (BytesIO(data), BytesIO(prefix(kind, head, size) + data)):
        try:
            list(read_frames(stream))
        except FrameError:
            continue
