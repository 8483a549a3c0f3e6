"""Starting the driver, feeding it a job, reading its frames. The trusted end of the pipe."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

from grader.errors import KernelError
from grader.frames import Frame, FrameError, FrameKind, read_frames, write_frame
from grader.probing import Job
from grader.training import train_missing
from grader.values import Failure, Group, Numbers, Observation
from grader.wire import UnreadableError, pack, unpack

_STOP_GRACE = 5.0
_SLACK = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOutcome:
    """What became of one cell."""

    index: int
    status: str
    seconds: float
    ename: str = ""
    evalue: str = ""
    limit: str = ""
    """Which limit stopped it: ``cell`` or ``notebook``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What running a submission gave: no verdict, only what was seen."""

    environment: Mapping[str, Any]
    cells: tuple[CellOutcome, ...]
    observations: Mapping[str, Observation]
    seconds: Mapping[str, float]
    """Probe name to how long it took."""
    heatmaps: Group
    complete: bool
    """Whether the driver reached its end."""


@dataclass(slots=True)
class _Gathered:
    environment: dict[str, Any] = field(default_factory=dict)
    cells: list[CellOutcome] = field(default_factory=list)
    observations: dict[str, Observation] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    heatmaps: list[Numbers] = field(default_factory=list)
    trouble: str = ""
    done: bool = False


Progress = Callable[[Frame], None]


def run_job(job: Job, progress: Progress = lambda _frame: None) -> Execution:
    """Run a job in its own processes and gather what comes back.

    Args:
        job: Cells, probes, limits.
        progress: Called with each frame as it arrives.

    Raises:
        KernelError: No kernel could be started or the model could not be built; says why.
    """
    train_missing(name for probe in job.probes for name in probe.models.values())
    gathered = _Gathered()
    broken = ""
    with _driver(job) as (process, errors):
        try:
            for frame in read_frames(_output(process)):
                _gather(frame, gathered)
                progress(frame)
        except FrameError as error:
            broken = str(error)
        said = _tail(errors)
    if gathered.trouble or not gathered.environment:
        reason = gathered.trouble or broken or said or "the driver stopped before the kernel was up"
        raise KernelError(f"The grading kernel could not be made ready: {reason}")
    return Execution(
        environment=gathered.environment,
        cells=tuple(gathered.cells),
        observations=gathered.observations,
        seconds=gathered.seconds,
        heatmaps=Group(kind="figure", items=tuple(gathered.heatmaps)),
        complete=gathered.done,
    )


@contextmanager
def _driver(job: Job) -> Iterator[tuple["subprocess.Popen[bytes]", IO[bytes]]]:
    """The driver's process: fed, watched by the wall clock, and gone afterwards."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.inside.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        wall = threading.Timer(_wall_clock(job), _end, [process])
        wall.daemon = True
        wall.start()
        try:
            _feed(process, job)
            yield process, errors
        finally:
            wall.cancel()
            _end(process)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    _close(stream)


def _wall_clock(job: Job) -> float:
    """Seconds after which everything is ended from outside, whatever the driver believes."""
    limits = job.limits
    return limits.notebook + limits.start * (limits.restarts + 2) + _SLACK


def _feed(process: "subprocess.Popen[bytes]", job: Job) -> None:
    stdin = process.stdin
    if stdin is None:
        return
    try:
        write_frame(stdin, Frame(kind=FrameKind.JOB, head=job.head()))
        for name, recording in job.recordings.items():
            for row in recording.rows:
                arguments = {
                    key: b64encode(pack(value)).decode() for key, value in row.arguments.items()
                }
                head = {
                    "recording": name,
                    "row": {"arguments": arguments, "result": b64encode(pack(row.result)).decode()},
                }
                write_frame(stdin, Frame(kind=FrameKind.RECORDED_CALL, head=head))
        stdin.close()
    except BrokenPipeError:
        return  # it died early; what it said on standard error tells why


def _output(process: "subprocess.Popen[bytes]") -> IO[bytes]:
    if process.stdout is None:
        raise KernelError("The driver has no output pipe.")
    return process.stdout


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the driver; asked first, so that it can take its kernel with it."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_STOP_GRACE)
    except subprocess.TimeoutExpired:
        _kill(process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return


def _tail(errors: IO[bytes]) -> str:
    errors.seek(0, os.SEEK_END)
    errors.seek(max(0, errors.tell() - 4096))
    lines = errors.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


def _gather(frame: Frame, gathered: _Gathered) -> None:
    head = frame.head
    match frame.kind:
        case FrameKind.ENVIRONMENT if not gathered.environment:
            gathered.environment = {str(key)[:40]: _plain(value) for key, value in head.items()}
        case FrameKind.CELL:
            gathered.cells.append(_cell(head))
        case FrameKind.HEATMAP:
            heatmap = _read(frame.payload)
            if isinstance(heatmap, Numbers):
                gathered.heatmaps.append(heatmap)
        case FrameKind.OBSERVATION:
            name = str(head.get("probe"))
            gathered.observations.setdefault(name, _read(frame.payload))
            gathered.seconds[name] = _number(head.get("seconds"))
        case FrameKind.TROUBLE:
            gathered.trouble = " ".join(str(head.get("message")).split())
        case FrameKind.DONE:
            gathered.done = True
        case _:
            pass


def _cell(head: Mapping[str, Any]) -> CellOutcome:
    return CellOutcome(
        index=int(_number(head.get("cell"))),
        status=str(head.get("status"))[:20],
        seconds=_number(head.get("seconds")),
        ename=str(head.get("ename") or "")[:60],
        evalue=str(head.get("evalue") or "")[:300],
        limit=str(head.get("limit") or "")[:20],
    )


def _read(payload: bytes) -> Observation:
    try:
        return unpack(payload)
    except UnreadableError as error:
        return Failure(kind="unreadable", message=str(error))


def _plain(value: object) -> str | dict[str, int]:
    """Short text or small numbers, nothing else."""
    if isinstance(value, dict):
        return {str(key)[:40]: int(_number(number)) for key, number in list(value.items())[:20]}
    return str(value)[:120]


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e12 else 0.0  # noqa: PLR2004 (sane)
