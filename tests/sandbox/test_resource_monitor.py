"""Limits held from outside, whatever the processes inside do."""

import sys
import time
from pathlib import Path

import pytest

from grader.sandbox.base import Backend, Running, Sandbox
from grader.sandbox.resource_monitor import Watch
from tests.sandbox.kernel_code import BACKENDS, started

EAT = """
import os, time
if os.fork() == 0:
    os.fork()
    eaten = bytearray(300 * 2**20)
    time.sleep(300)
time.sleep(300)
"""


def watched(running: Running, **limits: float) -> str:
    """Watch until a limit is passed, and say which."""
    given = {"memory": 2**40, "disk": 2**40, "start": 60.0, "run": 60.0} | limits
    watch = Watch(
        running,
        memory=int(given["memory"]),
        disk=int(given["disk"]),
        start=given["start"],
        run=given["run"],
    )
    watch.start()
    deadline = time.monotonic() + 20
    while not watch.overrun and time.monotonic() < deadline:
        time.sleep(0.05)
    watch.stop()
    return watch.overrun


@pytest.mark.parametrize("backend", BACKENDS)
def test_memory_of_all_processes_together_is_limited(backend: Backend) -> None:
    """Two processes with 300 MB each pass 400 MB; the larger is killed, the driver is not."""
    with started(backend, EAT, Sandbox(memory_bytes=2**32)) as running:
        assert watched(running, memory=400 * 2**20) == "used more than 0.390625 GB of memory"
        assert running.process.poll() is None


@pytest.mark.parametrize("backend", BACKENDS)
def test_time_is_limited(backend: Backend) -> None:
    """What does not end is ended."""
    with started(backend, "import time; time.sleep(300)") as running:
        assert "still running" in watched(running, start=0.5)
        assert running.process.wait(5) is not None


@pytest.mark.parametrize("backend", BACKENDS)
def test_disk_is_limited_where_nothing_else_limits_it(backend: Backend) -> None:
    """Many small files and a few large ones both end a run whose home is on the disk."""
    code = """
import time
for i in range(40):
    open(f"{i}", "wb").write(bytes(2**20))
time.sleep(300)
"""
    with started(backend, code) as running:
        if running.home is None:
            pytest.skip(f"{backend.name} gives a home with a size of its own")
        assert "wrote more than 16 MB" in watched(running, disk=2**24)


def test_what_ends_by_itself_is_left_alone(tmp_path: Path) -> None:
    """A run within its limits is not touched."""
    from grader.sandbox.unsandboxed import NONE  # noqa: PLC0415

    with (tmp_path / "e").open("wb") as errors:
        running = NONE.start([sys.executable, "-c", "pass"], Sandbox(), errors=errors.fileno())
        watch = Watch(running, memory=2**30, disk=2**30, start=30, run=30)
        watch.start()
        assert running.process.wait(20) == 0
        watch.stop()
        running.end()
    assert watch.overrun == ""
