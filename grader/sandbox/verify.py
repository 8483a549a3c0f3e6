"""Trying a backend out: a canary is started inside it, and says what it could do."""

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

from grader.errors import GraderError, last_words
from grader.sandbox.base import Backend, Running, Sandbox

_CANARY = Path(__file__).with_name("inside") / "canary.py"
_SECONDS = 10.0
_MAX_WORD = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of trying a backend."""

    backend: Backend
    problem: str | None
    """Why it does not hold here, in one line; None when it does."""


def try_out(backend: Backend) -> Trial:
    """Start a canary inside a backend and see whether it can do any harm."""
    problem = backend.missing()
    if problem is None:
        with tempfile.TemporaryDirectory(prefix="grade-canary-") as folder:
            problem = _problem(backend, Path(folder))
    return Trial(backend=backend, problem=problem)


def works(backend: Backend) -> bool:
    """Whether a backend can be used: one that keeps nothing in need not hold, only start."""
    if backend.missing() is not None:
        return False
    if backend.name != "none":
        return try_out(backend).problem is None
    with tempfile.TemporaryFile() as errors:
        try:
            backend.start([sys.executable, "-c", ""], Sandbox(), errors=errors.fileno()).end()
        except GraderError:
            return False
    return True


def _problem(backend: Backend, folder: Path) -> str | None:
    where = _bait(folder)
    with tempfile.TemporaryFile() as errors, closing(socket.socket(socket.AF_UNIX)) as service:
        service.bind(where["socket"])
        service.listen()
        command = [sys.executable, "-I", "-S", str(_CANARY), json.dumps(where)]
        try:
            running = backend.start(command, Sandbox(), errors=errors.fileno())
        except GraderError as error:
            return str(error)
        try:
            worked = _heard(running)
        finally:
            running.end()
        errors.seek(0)
        said = last_words(errors.read(_MAX_WORD))
    if worked is None:
        return f"it does not start here: {said or 'no word from inside'}"
    if worked:
        return f"it does not hold here: from inside one can {', '.join(worked)}"
    if Path(where["new"]).exists() or Path(where["result"]).read_text() != _RESULT:
        return "it does not hold here: results outside were changed"
    return None


_RESULT = "a result"


def _bait(folder: Path) -> dict[str, Any]:
    """Things to steal and to spoil, as near to the real ones as can be."""
    secret, result = folder / "secret", folder / "result"
    secret.write_text("a secret")
    result.write_text(_RESULT)
    return {
        "secret": str(secret),
        "result": str(result),
        "new": str(folder / "new"),
        "socket": str(folder / "socket"),
        "grader": {"pid": os.getpid(), "started": _started()},
    }


def _started() -> str:
    stat = Path("/proc/self/stat").read_text("utf-8", "replace")
    return stat.rpartition(")")[2].split()[19]


def _heard(running: Running) -> list[str] | None:
    """What the canary said; it is our own, but what comes from inside is read with care."""
    try:
        running.process.wait(_SECONDS)
        if not select.select([running.stdout], [], [], 0)[0]:
            return None
        worked = json.loads(os.read(running.stdout.fileno(), _MAX_WORD))
    except (subprocess.TimeoutExpired, ValueError, OSError):
        return None
    return [str(name)[:40] for name in worked][:20] if isinstance(worked, list) else None
