"""Runs a job: starts the driver in its sandbox, talks to it and ends it."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO

from grader.errors import KernelError, last_stderr_line
from grader.execution.driver_client import DriverClient
from grader.execution.job import Job
from grader.execution.memory import PARALLEL_BUILD_BYTES, available_memory
from grader.execution.prepare_models import WeightsBuilder, train_missing
from grader.execution.result import ResultCollector, RunResult
from grader.files.cache import build_cache
from grader.protocol.frames import Frame, FrameError, FrameKind, read_frames
from grader.sandbox.base import Backend, RunningSandbox, SandboxLimits
from grader.sandbox.resource_monitor import ResourceMonitor
from grader.sandbox.unsandboxed import UNSANDBOXED

_GRACE_SECONDS = 2.0
"""Time beyond a limit after which the driver is ended from outside."""
_STDERR_TAIL_BYTES = 4096
_WEIGHTS_BYTES = 2**30
"""Memory beside the home folder for hidden models' weights."""

FrameCallback = Callable[[Frame], None]
"""Called with each message of the driver."""
WeightsFinder = Callable[[str], Path]
"""Returns the file with a hidden model's weights."""


def run_job(
    job: Job,
    progress: FrameCallback = lambda _frame: None,
    *,
    backend: Backend = UNSANDBOXED,
    weights: WeightsFinder | None = None,
) -> RunResult:
    """Run a job in processes of its own and collect the result.

    Args:
        progress: Called with each message as it arrives.
        backend: The sandbox of the job's processes.
        weights: Returns hidden models' weights; without it they are built for this job alone.

    Raises:
        KernelError: No kernel could be started, or the model could not be built.
    """
    train_missing(name for probe in job.probes for name in probe.models.values())
    if backend is not UNSANDBOXED:
        build_cache()
    collector = ResultCollector()
    pipe_error = ""
    with (
        _hidden_weights(job, weights) as weights_of,
        _running_driver(job, backend) as (running, errors, watch),
    ):
        client = DriverClient(job, running.stdin, weights_of)
        client.send_job()
        try:
            for frame in read_frames(running.stdout):
                collector.add(frame, client.pending_probe)
                if frame.kind is FrameKind.ENVIRONMENT:
                    watch.kernel_started()
                progress(frame)
                if _expects_next_probe(frame, client.pending_probe):
                    client.send_next_probe()
                if collector.done:
                    break  # nothing follows; the driver only cleans up
        except FrameError as error:
            pipe_error = str(error)
        stderr = _stderr_tail(errors)
    if collector.error_message or not collector.environment:
        reason = collector.error_message or watch.limit_exceeded or pipe_error or stderr
        raise KernelError(
            "The grading kernel could not be made ready: "
            f"{reason or 'its driver ended before the kernel was ready'}"
        )
    lost = not (collector.done or watch.limit_exceeded or pipe_error)
    return collector.finish(
        isolation=backend.name, limit_exceeded=watch.limit_exceeded, killed_externally=lost
    )


def _expects_next_probe(frame: Frame, pending_probe: str | None) -> bool:
    """Return True if the driver waits for the next probe."""
    if frame.kind is FrameKind.READY:
        return pending_probe is None
    return frame.kind is FrameKind.OBSERVATION and pending_probe == frame.header.get("probe")


@contextmanager
def _hidden_weights(job: Job, weights: WeightsFinder | None) -> Iterator[WeightsFinder]:
    """Yield what finds hidden models' weights; they are built while the notebook runs.

    Where memory is short they are built before the notebook starts.
    """
    names, is_short = job.secret_models, available_memory() < PARALLEL_BUILD_BYTES
    needs_builder = bool(names) and weights is None
    with (
        WeightsBuilder(names, wait_on_entry=is_short) if needs_builder else nullcontext() as builder
    ):
        yield weights or (builder.file if builder else Path)


@contextmanager
def _running_driver(
    job: Job, backend: Backend
) -> Iterator[tuple[RunningSandbox, IO[bytes], ResourceMonitor]]:
    """Start the driver, watch its limits, and end it with every process it started."""
    with tempfile.TemporaryFile() as errors:
        command = [sys.executable, "-P", "-m", "grader.kernel.driver"]
        sandbox = _sandbox(job)
        running = backend.start(command, sandbox, errors=errors.fileno())
        watch = ResourceMonitor(
            running,
            memory_bytes=sandbox.memory_bytes,
            disk_bytes=sandbox.home_bytes,
            start_seconds=job.limits.start + _GRACE_SECONDS,
            run_seconds=job.limits.notebook + _GRACE_SECONDS,
        )
        watch.start()
        try:
            yield running, errors, watch
        finally:
            watch.stop()
            running.end()


def _sandbox(job: Job) -> SandboxLimits:
    limits = job.limits
    return SandboxLimits(
        memory_bytes=int(limits.memory_gb * 2**30),
        processes=limits.processes,
        open_files=limits.open_files,
        home_bytes=int(limits.home_mb * 2**20),
        shm_bytes=int(limits.shm_mb * 2**20),
        weights_bytes=_WEIGHTS_BYTES if job.secret_models else 2**20,
        model=job.model,
        device=job.device,
    )


def _stderr_tail(errors: IO[bytes]) -> str:
    """Return the last line of the driver's standard error; only the end of the file is read."""
    size = errors.seek(0, 2)
    errors.seek(max(0, size - _STDERR_TAIL_BYTES))
    return last_stderr_line(errors.read())
