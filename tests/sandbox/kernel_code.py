"""Helpers that run small Python programs in a backend, as a driver would be."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from grader.sandbox.base import Backend, ForkableBackend, RunningSandbox, SandboxLimits
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.landlock import Landlock
from grader.sandbox.verify import verify_backend

STARTED: tuple[ForkableBackend, ...] = (Bubblewrap(), Landlock())
FORKED = tuple(ForkServer(backend, SandboxLimits(model="generic-1x1")) for backend in STARTED)
"""Their fork servers live as long as this process: they exit when its sockets close."""
_BY_PREFIX: dict[str, tuple[Backend, ...]] = {"": STARTED, "forked-": FORKED}
BACKENDS = [
    pytest.param(
        backend,
        id=f"{prefix}{backend.name}",
        marks=pytest.mark.skipif(bool(problem), reason=f"{backend.name}: {problem}"),
    )
    for prefix, backends in _BY_PREFIX.items()
    for backend, started in zip(backends, STARTED, strict=True)
    for problem in [verify_backend(started).problem]
]


def clone(backend: Backend) -> Backend:
    """Return a backend of the same kind, with a fork server of its own if it has one."""
    return backend.clone() if isinstance(backend, ForkServer) else backend


INSTALL_KERNEL_FILTER = """
import os
from base64 import b64decode
from grader.sandbox.inside.restrict import filter_system_calls
if program := os.environ.get("INDUCTION_LAB_FILTER"):
    filter_system_calls(b64decode(program))
"""


@contextmanager
def started(
    backend: Backend, code: str, sandbox: SandboxLimits | None = None
) -> Iterator[RunningSandbox]:
    """Run Python code in a sandbox for the duration of the block."""
    with tempfile.TemporaryFile() as errors:
        command = [sys.executable, "-P", "-c", INSTALL_KERNEL_FILTER + code]
        running = backend.start(command, sandbox or SandboxLimits(), errors=errors.fileno())
        try:
            yield running
        finally:
            running.end()


def output_of(backend: Backend, code: str, sandbox: SandboxLimits | None = None) -> str:
    """Return what Python code prints in a sandbox."""
    with started(backend, code, sandbox) as running:
        return running.stdout.read(2**20).decode().strip()


def outcome_of(backend: Backend, code: str, sandbox: SandboxLimits | None = None) -> str:
    """Return ``done``, or the name of the exception that code raises in a sandbox."""
    wrapped = (
        "try:\n"
        + "".join(f"    {line}\n" for line in code.splitlines())
        + "except BaseException as error:\n    print(type(error).__name__)\n"
        "else:\n    print('done')\n"
    )
    return output_of(backend, wrapped, sandbox).splitlines()[-1]


def alive(pid: int) -> bool:
    """Return True if a process runs; a zombie does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
