"""Limits are enforced from outside, whatever the processes inside do."""

import sys
import time
from pathlib import Path

import pytest

from grader.sandbox.base import Backend, RunningSandbox, SandboxLimits
from grader.sandbox.resource_monitor import ResourceMonitor
from tests.sandbox.kernel_code import BACKENDS, started

ALLOCATE = """
import os, time
if os.fork() == 0:
    os.fork()
    memory = bytearray(300 * 2**20)
    time.sleep(300)
time.sleep(300)
"""


def monitor(running: RunningSandbox, **limits: float) -> str:
    """Monitor until a limit is exceeded, and return which."""
    given = {"memory": 2**40, "disk": 2**40, "start": 60.0, "run": 60.0} | limits
    watch = ResourceMonitor(
        running,
        memory_bytes=int(given["memory"]),
        disk_bytes=int(given["disk"]),
        start_seconds=given["start"],
        run_seconds=given["run"],
    )
    watch.start()
    deadline = time.monotonic() + 20
    while not watch.limit_exceeded and time.monotonic() < deadline:
        time.sleep(0.05)
    watch.stop()
    return watch.limit_exceeded


@pytest.mark.parametrize("backend", BACKENDS)
def test_memory_of_all_processes_together_is_limited(backend: Backend) -> None:
    """Two processes with 300 MB each exceed 400 MB: the larger is killed, the driver is not."""
    with started(backend, ALLOCATE, SandboxLimits(memory_bytes=2**32)) as running:
        assert monitor(running, memory=400 * 2**20) == "used more than 0.390625 GB of memory"
        assert running.process.poll() is None


@pytest.mark.parametrize("backend", BACKENDS)
def test_time_is_limited(backend: Backend) -> None:
    """A run that does not end in time is killed."""
    with started(backend, "import time; time.sleep(300)") as running:
        assert "still running" in monitor(running, start=0.5)
        assert running.process.wait(5) is not None


@pytest.mark.parametrize("backend", BACKENDS)
def test_disk_is_limited(backend: Backend) -> None:
    """A run whose home is on the disk, with no size of its own, is killed if it fills it."""
    code = """
import time
for i in range(40):
    open(f"{i}", "wb").write(bytes(2**20))
time.sleep(300)
"""
    with started(backend, code) as running:
        if running.home is None:
            pytest.skip(f"{backend.name} gives a home with a size of its own")
        assert "wrote more than 16 MB" in monitor(running, disk=2**24)


def test_a_run_within_its_limits_is_not_killed(tmp_path: Path) -> None:
    """A run that ends within its limits exits normally."""
    from grader.sandbox.unsandboxed import UNSANDBOXED  # noqa: PLC0415

    with (tmp_path / "e").open("wb") as errors:
        running = UNSANDBOXED.start(
            [sys.executable, "-c", "pass"], SandboxLimits(), errors=errors.fileno()
        )
        watch = ResourceMonitor(
            running, memory_bytes=2**30, disk_bytes=2**30, start_seconds=30, run_seconds=30
        )
        watch.start()
        assert running.process.wait(20) == 0
        watch.stop()
        running.end()
    assert watch.limit_exceeded == ""
