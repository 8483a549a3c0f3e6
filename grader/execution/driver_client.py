"""What the driver is told, and when: the notebook first, then one probe at a time.

Nothing that could help a notebook cheat is sent before it has run: no probe, no recorded answer,
no hidden model. Hidden models arrive as weights, under names that say nothing.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from grader.execution.job import Job, ProbeToRun
from grader.protocol.encoding import pack
from grader.protocol.frames import Frame, FrameKind, write_frame
from grader.protocol.values import RecordedCall
from grader.rubric.hidden_models import is_constructed

_CHUNK = 8 * 2**20


class Dialogue:
    """The trusted end of the pipe to one driver."""

    def __init__(self, job: Job, stream: IO[bytes], weights: Callable[[str], Path]) -> None:
        """Take the job, the pipe, and where a hidden model's weights are found."""
        self._job = job
        self._stream = stream
        self._weights = weights
        self._probes = iter(job.probes)
        self._handles: dict[str, str] = {}
        self._played: set[str] = set()
        self.asked: str | None = None
        """The probe whose answer is waited for."""

    def open(self) -> None:
        """Send the notebook and its limits."""
        self._send(Frame(kind=FrameKind.JOB, head=self._job.head()))

    def go_on(self) -> None:
        """Ask the next probe, or say that there are no more."""
        probe = next(self._probes, None)
        self.asked = probe.id if probe else None
        if probe is None:
            self._close()
            return
        if probe.secret:
            handles = {local: self._handed_over(name) for local, name in probe.models.items()}
            probe = replace(probe, models=handles)
        for name in probe.provide:
            self._play(name)
        self._send(Frame(kind=FrameKind.PROBE, head=self._question(probe)))

    def _question(self, probe: ProbeToRun) -> dict[str, object]:
        recordings = self._job.recordings
        return {
            **probe.head(),
            "provide": {name: recordings[name].head() for name in probe.provide},
        }

    def _handed_over(self, model: str) -> str:
        """The name a hidden model goes by, its weights having been sent."""
        if not is_constructed(model):
            return model  # a real model: its name gives nothing away
        if model not in self._handles:
            handle = self._handles[model] = f"weights-{len(self._handles)}"
            for chunk in _chunks(self._weights(model)):
                self._send(Frame(kind=FrameKind.WEIGHTS, head={"model": handle}, payload=chunk))
        return self._handles[model]

    def _play(self, name: str) -> None:
        """Send a recording's rows, once."""
        if name not in self._played:
            self._played.add(name)
            for row in self._job.recordings[name].rows:
                head = {"recording": name, "row": _row(row)}
                self._send(Frame(kind=FrameKind.RECORDED_CALL, head=head))

    def _send(self, frame: Frame) -> None:
        try:
            write_frame(self._stream, frame)
        except (BrokenPipeError, ValueError):
            return  # it ended early; what came through the other pipe tells why

    def _close(self) -> None:
        try:
            self._stream.close()
        except BrokenPipeError:
            return


def _row(row: RecordedCall) -> dict[str, object]:
    arguments = {key: b64encode(pack(value)).decode() for key, value in row.arguments.items()}
    return {"arguments": arguments, "result": b64encode(pack(row.result)).decode()}


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk
