"""Drivers forked from a fork server share nothing, and a lost fork server is replaced."""

import os
import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from grader.errors import KernelError
from grader.sandbox.base import ForkableBackend, SandboxLimits
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.select import with_fork_server
from grader.sandbox.unsandboxed import UNSANDBOXED
from tests.sandbox.kernel_code import BACKENDS, STARTED, output_of, started

SANDBOX = SandboxLimits(model="generic-1x1")


@pytest.fixture(params=BACKENDS[: len(STARTED)])
def server(request: pytest.FixtureRequest) -> Iterator[ForkServer]:
    """A fork server of each kind, whose process forks at most twice."""
    with ForkServer(request.param, SANDBOX, forks=2) as server:
        yield server


def server_pids() -> set[int]:
    """Return the process ids of this process's running fork servers."""
    pids = set()
    for process in psutil.Process().children(recursive=True):
        try:
            if "grader.kernel.forkserver" in process.cmdline():
                pids.add(process.pid)
        except psutil.Error:
            continue
    return pids


def test_a_used_up_server_is_replaced(server: ForkServer) -> None:
    """The third child comes from a new process; the first process ends with its last child."""
    before = server_pids()
    assert output_of(server, "print(1)") == "1"
    first = server_pids() - before
    with started(server, "import time; print(1, flush=True); time.sleep(60)") as running:
        assert running.stdout.readline() == b"1\n"
        assert output_of(server, "print(1)") == "1"
        assert running.process.poll() is None
        assert server_pids() & first
    deadline = time.monotonic() + 5
    while server_pids() & first and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not server_pids() & first
    assert server_pids() - before


def test_a_killed_server_is_replaced(server: ForkServer) -> None:
    """When the process is killed, the next driver comes from a new one."""
    before = server_pids()
    assert output_of(server, "print(1)") == "1"
    for pid in server_pids() - before:
        os.kill(pid, signal.SIGKILL)
    assert output_of(server, "print(2)") == "2"


def test_two_children_share_nothing(server: ForkServer) -> None:
    """One run's files, processes and abstract sockets do not exist for another."""
    one = """
import os, socket, time
open("mine", "w").write("x")
held = socket.socket(socket.AF_UNIX); held.bind("\\0mine"); held.listen()
print(os.getpid(), flush=True); time.sleep(60)
"""
    other = """
import os, socket
def reached():
    try: socket.socket(socket.AF_UNIX).connect("\\0mine")
    except OSError: return False
    return True
def killed(pid):
    try: os.getpid() == pid or os.kill(pid, 9)
    except OSError: return False
    return os.getpid() != pid
print(os.path.exists("mine"), reached(), killed({pid}))
"""
    with started(server, one) as running:
        pid = running.stdout.readline().decode().strip()
        # In another PID namespace, that number belongs to another process or to none.
        shown = output_of(server, other.replace("{pid}", pid))
        assert running.process.poll() is None
    assert shown.startswith("False False")


@pytest.mark.parametrize("backend", [UNSANDBOXED, *BACKENDS[: len(STARTED)]])
def test_without_a_server_kernels_are_started(backend: ForkableBackend) -> None:
    """If the server cannot build its model, the backend is used directly."""
    with with_fork_server(backend, "nothing-of-the-kind") as chosen:
        assert chosen is backend


def test_a_server_that_cannot_start_says_why() -> None:
    """The error contains the last line that the server printed."""
    with (
        ForkServer(UNSANDBOXED, SandboxLimits(model="nothing-of-the-kind")) as server,
        pytest.raises(KernelError, match="no model is called 'nothing-of-the-kind'"),
    ):
        output_of(server, "print(1)")


def test_a_closed_server_leaves_no_process() -> None:
    """Once a fork server is closed, its process and its children are gone."""
    before = server_pids()
    with ForkServer(UNSANDBOXED, SANDBOX) as server, started(server, "import time; time.sleep(60)"):
        assert server_pids() - before
    assert server_pids() <= before
