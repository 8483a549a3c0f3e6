"""Starting the driver in its sandbox, talking to it, ending it. The trusted end of the pipes."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO

from grader.errors import KernelError, last_words
from grader.execution.driver_client import Dialogue
from grader.execution.job import Job
from grader.execution.memory import ROOM_FOR_TWO, memory_here
from grader.execution.prepare_models import WeightsBuilder, train_missing
from grader.execution.result import Execution, Gathering
from grader.files.cache import prepare
from grader.protocol.frames import Frame, FrameError, FrameKind, read_frames
from grader.sandbox.base import Backend, Running, Sandbox
from grader.sandbox.resource_monitor import Watch
from grader.sandbox.unsandboxed import NONE

_SLACK = 2.0
"""Seconds beyond its limit after which a run is ended from outside."""
_SAID = 4096
_WEIGHTS_BYTES = 2**30

Progress = Callable[[Frame], None]
Weights = Callable[[str], Path]


def run_job(
    job: Job,
    progress: Progress = lambda _frame: None,
    *,
    backend: Backend = NONE,
    weights: Weights | None = None,
) -> Execution:
    """Run a job in its own processes and gather what comes back.

    Args:
        job: Cells, probes, limits.
        progress: Called with each frame as it arrives.
        backend: What keeps the job's processes from everything else.
        weights: Where hidden models' weights are found; made for this job alone if not given.

    Raises:
        KernelError: No kernel could be started or the model could not be built; says why.
    """
    train_missing(name for probe in job.probes for name in probe.models.values())
    if backend is not NONE:
        prepare()
    gathering = Gathering()
    broken = ""
    with _weights(job, weights) as found, _driver(job, backend) as (running, errors, watch):
        dialogue = Dialogue(job, running.stdin, found)
        dialogue.open()
        try:
            for frame in read_frames(running.stdout):
                gathering.take(frame, dialogue.asked)
                if frame.kind is FrameKind.ENVIRONMENT:
                    watch.up()
                progress(frame)
                if _waits(frame, dialogue.asked):
                    dialogue.go_on()
                if gathering.done:
                    break  # nothing more is said, only tidied up
        except FrameError as error:
            broken = str(error)
        said = _tail(errors)
    if gathering.trouble or not gathering.environment:
        reason = gathering.trouble or watch.overrun or broken or said
        raise KernelError(
            "The grading kernel could not be made ready: "
            f"{reason or 'the driver stopped before the kernel was up'}"
        )
    lost = not (gathering.done or watch.overrun or broken)
    return gathering.execution(isolation=backend.name, overrun=watch.overrun, lost=lost)


def _waits(frame: Frame, asked: str | None) -> bool:
    """Whether the driver now waits for the next probe."""
    if frame.kind is FrameKind.READY:
        return asked is None
    return frame.kind is FrameKind.OBSERVATION and asked == frame.head.get("probe")


@contextmanager
def _weights(job: Job, given: Weights | None) -> Iterator[Weights]:
    """Where hidden models' weights are found; made while the notebook runs, if both have room."""
    names, short = job.secret_models, memory_here() < ROOM_FOR_TWO
    making = WeightsBuilder(names, beforehand=short) if names and not given else nullcontext()
    with making as builder:
        yield given or (builder.file if builder else Path)


@contextmanager
def _driver(job: Job, backend: Backend) -> Iterator[tuple[Running, IO[bytes], Watch]]:
    """The driver's process: watched by the wall clock, and gone afterwards with all it started."""
    with tempfile.TemporaryFile() as errors:
        command = [sys.executable, "-P", "-m", "grader.kernel.driver"]
        sandbox = _sandbox(job)
        running = backend.start(command, sandbox, errors=errors.fileno())
        watch = Watch(
            running,
            memory=sandbox.memory_bytes,
            disk=sandbox.home_bytes,
            start=job.limits.start + _SLACK,
            run=job.limits.notebook + _SLACK,
        )
        watch.start()
        try:
            yield running, errors, watch
        finally:
            watch.stop()
            running.end()


def _sandbox(job: Job) -> Sandbox:
    limits = job.limits
    return Sandbox(
        memory_bytes=int(limits.memory_gb * 2**30),
        processes=limits.processes,
        open_files=limits.open_files,
        home_bytes=int(limits.home_mb * 2**20),
        shm_bytes=int(limits.shm_mb * 2**20),
        weights_bytes=_WEIGHTS_BYTES if job.secret_models else 2**20,
        model=job.model,
        device=job.device,
    )


def _tail(errors: IO[bytes]) -> str:
    """The last line of what the driver said, of which only the end is read."""
    size = errors.seek(0, 2)
    errors.seek(max(0, size - _SAID))
    return last_words(errors.read())
