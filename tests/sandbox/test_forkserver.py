"""Drivers forked from a warm parent: no two share anything, and a parent can be lost."""

import os
import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from grader.errors import KernelError
from grader.sandbox.base import Forkable, Sandbox
from grader.sandbox.forkserver import Warm
from grader.sandbox.select import warmed
from grader.sandbox.unsandboxed import NONE
from tests.sandbox.kernel_code import BACKENDS, STARTED, said, started

SANDBOX = Sandbox(model="generic-1x1")


@pytest.fixture(params=BACKENDS[: len(STARTED)])
def warm(request: pytest.FixtureRequest) -> Iterator[Warm]:
    """A backend of each kind with a parent of its own, which has two children at most."""
    with Warm(request.param, SANDBOX, forks=2) as made:
        yield made


def parents() -> set[int]:
    """The warm parents this process has started that still run."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        try:
            if "grader.kernel.forkserver" in process.cmdline():
                found.add(process.pid)
        except psutil.Error:
            continue
    return found


def test_a_parent_is_replaced_when_it_has_had_its_children(warm: Warm) -> None:
    """The third child is another parent's; the first ends with the last of its own."""
    before = parents()
    assert said(warm, "print(1)") == "1"
    first = parents() - before
    with started(warm, "import time; print(1, flush=True); time.sleep(60)") as running:
        assert running.stdout.readline() == b"1\n"
        assert said(warm, "print(1)") == "1"
        assert running.process.poll() is None
        assert parents() & first
    deadline = time.monotonic() + 5
    while parents() & first and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not parents() & first
    assert parents() - before


def test_a_lost_parent_is_replaced(warm: Warm) -> None:
    """When the parent is killed, the next driver has a new one."""
    before = parents()
    assert said(warm, "print(1)") == "1"
    for pid in parents() - before:
        os.kill(pid, signal.SIGKILL)
    assert said(warm, "print(2)") == "2"


def test_two_at_once_share_nothing(warm: Warm) -> None:
    """Files, processes, sockets without a path: one run's are not there for another."""
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
    with started(warm, one) as running:
        pid = running.stdout.readline().decode().strip()
        # Where processes have namespaces, that number is another one's or nobody's here.
        shown = said(warm, other.replace("{pid}", pid))
        assert running.process.poll() is None
    assert shown.startswith("False False")


@pytest.mark.parametrize("backend", [NONE, *BACKENDS[: len(STARTED)]])
def test_without_a_parent_kernels_start_as_ever(backend: Forkable) -> None:
    """A model that cannot be built is no reason not to grade: whoever needs it says so then."""
    with warmed(backend, "nothing-of-the-kind") as found:
        assert found is backend


def test_a_parent_that_cannot_be_made_says_why() -> None:
    """The line that the parent ended with is in the error."""
    with (
        Warm(NONE, Sandbox(model="nothing-of-the-kind")) as warm,
        pytest.raises(KernelError, match="no model is called 'nothing-of-the-kind'"),
    ):
        said(warm, "print(1)")


def test_nothing_is_left_of_a_parent() -> None:
    """When it is closed, the parent and its children are gone."""
    before = parents()
    with Warm(NONE, SANDBOX) as warm, started(warm, "import time; time.sleep(60)"):
        assert parents() - before
    assert parents() <= before
