"""A sandbox that has ended leaves no process and no file."""

import os
import time

import psutil
import pytest

from grader.sandbox.base import Backend
from tests.sandbox.kernel_code import BACKENDS, alive, clone, started

pytestmark = pytest.mark.parametrize("backend", BACKENDS)

DAEMON = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(300)
    os._exit(0)
os.wait()
"""
FORK_LOOP = """
import os, time
end = time.time() + 300
if os.fork() == 0:
    while time.time() < end:
        try:
            os.fork()
        except OSError:
            time.sleep(0.01)
    os._exit(0)
"""


def descendants_of(pid: int) -> list[psutil.Process]:
    """Return all descendants of a process, none if it has ended."""
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []


@pytest.mark.parametrize("code", [DAEMON, FORK_LOOP], ids=["daemon", "fork loop"])
@pytest.mark.parametrize("finishes", [True, False], ids=["it ends", "it is killed"])
def test_no_process_survives(backend: Backend, code: str, finishes: bool) -> None:  # noqa: FBT001 (a case)
    """Daemons, and processes that fork as fast as they can, are killed with their sandbox."""
    hold = "" if finishes else "time.sleep(300)"
    with started(backend, f"{code}\nprint('up', flush=True)\n{hold}") as running:
        assert running.stdout.readline() == b"up\n"
        time.sleep(0.3)
        seen = descendants_of(running.process.pid)
    assert seen or finishes
    deadline = time.monotonic() + 3
    while any(alive(p.pid) and p.is_running() for p in seen) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [p for p in seen if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []


def test_no_file_survives(backend: Backend) -> None:
    """Deep trees and unreadable folders are removed with the home."""
    code = """
import os
for i in range(2000):
    os.mkdir("d"); os.chdir("d")
os.chdir(os.environ["HOME"])
os.mkdir("closed"); os.mkdir("closed/inner", 0)
try: os.chmod("closed", 0)
except OSError: pass
print("made")
"""
    with started(backend, code) as running:
        assert running.stdout.read(100) == b"made\n"
        home = running.home
        assert home is None or home.exists()
    assert home is None or not home.exists()


def test_a_killed_grader_leaves_nothing(backend: Backend) -> None:
    """When the grader itself is killed, the sandbox is killed too."""
    read, write = os.pipe()
    grader = os.fork()
    if grader == 0:
        code = "import time; print(1, flush=True); time.sleep(300)"
        with started(clone(backend), code) as running:
            running.stdout.readline()
            pids = [running.process.pid, *(p.pid for p in descendants_of(running.process.pid))]
            os.write(write, " ".join(map(str, pids)).encode())
            time.sleep(300)
    pids = list(map(int, os.read(read, 1000).split()))
    assert len(pids) > 1
    os.kill(grader, 9)
    os.waitpid(grader, 0)
    deadline = time.monotonic() + 5
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in pids if alive(pid)] == []
