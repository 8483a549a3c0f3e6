"""Verifies a backend: starts a canary program inside, which reports what it was able to do."""

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import GraderError, last_stderr_line
from grader.sandbox.base import Backend, RunningSandbox, SandboxLimits

_CANARY = Path(__file__).with_name("inside") / "canary.py"
_CANARY_SECONDS = 10.0
_MAX_OUTPUT_BYTES = 4096
_RESULT = "a result"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendCheck:
    """The outcome of verifying a backend."""

    backend: Backend
    problem: str | None
    """Why the backend does not work here, in one line; None if it does."""


def verify_backend(backend: Backend) -> BackendCheck:
    """Start a canary inside a backend and check that it can do no harm."""
    problem = backend.unavailable_reason()
    if problem is None:
        with tempfile.TemporaryDirectory(prefix="grade-canary-") as folder:
            problem = _run_canary(backend, Path(folder))
    return BackendCheck(backend=backend, problem=problem)


def is_usable(backend: Backend) -> bool:
    """Return True if a backend can be used: it isolates or, as ``none`` does not, it starts."""
    if backend.unavailable_reason() is not None:
        return False
    if backend.name != "none":
        return verify_backend(backend).problem is None
    with tempfile.TemporaryFile() as errors:
        try:
            backend.start([sys.executable, "-c", ""], SandboxLimits(), errors=errors.fileno()).end()
        except GraderError:
            return False
    return True


def _run_canary(backend: Backend, folder: Path) -> str | None:
    targets = _create_targets(folder)
    with tempfile.TemporaryFile() as errors, closing(socket.socket(socket.AF_UNIX)) as service:
        service.bind(targets["socket"])
        service.listen()
        command = [sys.executable, "-I", "-S", str(_CANARY), json.dumps(targets)]
        try:
            running = backend.start(command, SandboxLimits(), errors=errors.fileno())
        except GraderError as error:
            return str(error)
        try:
            succeeded = _read_canary(running)
        finally:
            running.end()
        errors.seek(0)
        stderr = last_stderr_line(errors.read(_MAX_OUTPUT_BYTES))
    if succeeded is None:
        return f"it does not start here: {stderr or 'the test program printed nothing'}"
    if succeeded:
        return f"it does not protect here: code inside can {', '.join(succeeded)}"
    if Path(targets["new"]).exists() or Path(targets["result"]).read_text() != _RESULT:
        return "it does not protect here: results outside were changed"
    return None


def _create_targets(folder: Path) -> dict[str, Any]:
    """Create files and a socket that the canary tries to read, change and call."""
    secret, result = folder / "secret", folder / "result"
    secret.write_text("a secret")
    result.write_text(_RESULT)
    return {
        "secret": str(secret),
        "result": str(result),
        "new": str(folder / "new"),
        "socket": str(folder / "socket"),
        "grader": {"pid": os.getpid(), "started": _start_time()},
    }


def _start_time() -> str:
    """Return this process's start time, as /proc has it, to identify it by more than its id."""
    stat = Path("/proc/self/stat").read_text("utf-8", "replace")
    return stat.rpartition(")")[2].split()[19]


def _read_canary(running: RunningSandbox) -> list[str] | None:
    """Read the canary's report; it is our own, but output of a sandbox is never trusted."""
    try:
        running.process.wait(_CANARY_SECONDS)
        if not select.select([running.stdout], [], [], 0)[0]:
            return None
        succeeded = json.loads(os.read(running.stdout.fileno(), _MAX_OUTPUT_BYTES))
    except (subprocess.TimeoutExpired, ValueError, OSError):
        return None
    return [str(name)[:40] for name in succeeded][:20] if isinstance(succeeded, list) else None
