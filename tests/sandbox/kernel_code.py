"""Small commands run in a backend, as a driver would be: for tests only."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from grader.sandbox.base import Backend, Forkable, Running, Sandbox
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.forkserver import Warm
from grader.sandbox.landlock import Landlock
from grader.sandbox.verify import try_out

STARTED: tuple[Forkable, ...] = (Bubblewrap(), Landlock())
FORKED = tuple(Warm(backend, Sandbox(model="generic-1x1")) for backend in STARTED)
"""Their parents live as long as this process: at its end they find nobody at the socket."""
_BY_NAME: dict[str, tuple[Backend, ...]] = {"": STARTED, "warm-": FORKED}
BACKENDS = [
    pytest.param(
        backend,
        id=f"{how}{backend.name}",
        marks=pytest.mark.skipif(bool(problem), reason=f"{backend.name}: {problem}"),
    )
    for how, several in _BY_NAME.items()
    for backend, started in zip(several, STARTED, strict=True)
    for problem in [try_out(started).problem]
]


def anew(backend: Backend) -> Backend:
    """The same kind, with a parent of its own where it has one."""
    return backend.anew() if isinstance(backend, Warm) else backend


AS_A_KERNEL = """
import os
from base64 import b64decode
from grader.sandbox.inside.restrict import filter_system_calls
if program := os.environ.get("INDUCTION_LAB_FILTER"):
    filter_system_calls(b64decode(program))
"""


@contextmanager
def started(backend: Backend, code: str, sandbox: Sandbox | None = None) -> Iterator[Running]:
    """Python code running in a sandbox."""
    with tempfile.TemporaryFile() as errors:
        command = [sys.executable, "-P", "-c", AS_A_KERNEL + code]
        running = backend.start(command, sandbox or Sandbox(), errors=errors.fileno())
        try:
            yield running
        finally:
            running.end()


def said(backend: Backend, code: str, sandbox: Sandbox | None = None) -> str:
    """What Python code prints in a sandbox."""
    with started(backend, code, sandbox) as running:
        return running.stdout.read(2**20).decode().strip()


def tried(backend: Backend, code: str, sandbox: Sandbox | None = None) -> str:
    """``done``, or the name of the error that code ends with in a sandbox."""
    wrapped = (
        "try:\n"
        + "".join(f"    {line}\n" for line in code.splitlines())
        + "except BaseException as error:\n    print(type(error).__name__)\n"
        "else:\n    print('done')\n"
    )
    return said(backend, wrapped, sandbox).splitlines()[-1]


def alive(pid: int) -> bool:
    """Whether a process runs; a corpse that nobody has buried does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
