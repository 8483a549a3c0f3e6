"""Sends the driver the notebook first, then one probe at a time.

Nothing that could help a notebook cheat is sent before it has run: no probe, no recorded answer,
no hidden model. Hidden models arrive as weights, under names that reveal nothing.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from grader.execution.job import Job, ProbeSpec
from grader.protocol.encoding import pack
from grader.protocol.frames import Frame, FrameKind, write_frame
from grader.protocol.model_names import is_synthetic
from grader.protocol.values import RecordedCall

_CHUNK_BYTES = 8 * 2**20


class DriverClient:
    """The grader's end of the pipe to a driver."""

    def __init__(self, job: Job, stream: IO[bytes], weights_of: Callable[[str], Path]) -> None:
        """Create a client.

        Args:
            stream: The driver's standard input.
            weights_of: Returns the file with a hidden model's weights.
        """
        self._job = job
        self._stream = stream
        self._weights_of = weights_of
        self._probes = iter(job.probes)
        self._handles: dict[str, str] = {}
        self._sent_recordings: set[str] = set()
        self.pending_probe: str | None = None
        """The probe whose answer is awaited."""

    def send_job(self) -> None:
        """Send the notebook and its limits."""
        self._send(Frame(kind=FrameKind.JOB, header=self._job.header()))

    def send_next_probe(self) -> None:
        """Send the next probe; after the last one, close the pipe."""
        probe = next(self._probes, None)
        self.pending_probe = probe.id if probe else None
        if probe is None:
            self._close()
            return
        if probe.secret:
            handles = {local: self._send_weights(name) for local, name in probe.models.items()}
            probe = replace(probe, models=handles)
        for name in probe.provide:
            self._send_recording(name)
        self._send(Frame(kind=FrameKind.PROBE, header=self._probe_header(probe)))

    def _probe_header(self, probe: ProbeSpec) -> dict[str, object]:
        recordings = self._job.recordings
        return {
            **probe.header(),
            "provide": {name: recordings[name].header() for name in probe.provide},
        }

    def _send_weights(self, model: str) -> str:
        """Send a hidden model's weights, once, and return the name that the driver knows it by."""
        if not is_synthetic(model):
            return model  # a real model: its name reveals nothing
        if model not in self._handles:
            handle = self._handles[model] = f"weights-{len(self._handles)}"
            for chunk in _chunks(self._weights_of(model)):
                self._send(Frame(kind=FrameKind.WEIGHTS, header={"model": handle}, payload=chunk))
        return self._handles[model]

    def _send_recording(self, name: str) -> None:
        """Send the calls of a recording, once."""
        if name not in self._sent_recordings:
            self._sent_recordings.add(name)
            for call in self._job.recordings[name].rows:
                head = {"recording": name, "row": _encode_call(call)}
                self._send(Frame(kind=FrameKind.RECORDED_CALL, header=head))

    def _send(self, frame: Frame) -> None:
        try:
            write_frame(self._stream, frame)
        except (BrokenPipeError, ValueError):
            return  # the driver has ended; its output explains why

    def _close(self) -> None:
        try:
            self._stream.close()
        except BrokenPipeError:
            return


def _encode_call(call: RecordedCall) -> dict[str, object]:
    arguments = {key: b64encode(pack(value)).decode() for key, value in call.arguments.items()}
    return {"arguments": arguments, "result": b64encode(pack(call.result)).decode()}


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
