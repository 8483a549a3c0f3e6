"""A sandbox's home, as every kernel finds it: with nothing of the last kernel's in it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

from grader.sandbox.inside.env_vars import SANDBOXED
from grader.sandbox.inside.supervisor import descendants

# MERGED: What a notebook has started and left running: ended before its functions are asked anything.
_KEPT = frozenset({".cache", "tmp"})
_TRIES = 50


def clear_home(own: Path) -> None:
    """Remove what earlier kernels left; outside a sandbox, only from the driver's own folder.

    Args:
        own: The driver's folder, which stays.
    """
    for _ in range(_TRIES):
        left = [path for path in _left(own) if os.path.lexists(path)]
        if not left:
            return
        # The system's tool: it removes trees too deep for Python's. It is tried again because it
        # is ended where the home it clears still takes more than it may.
        subprocess.run(["rm", "-rf", "--", *map(str, left)], check=False, capture_output=True)  # noqa: S603, S607 (found on the sandbox's own path)


def _left(own: Path) -> Iterator[Path]:
    yield from own.iterdir()
    if os.environ.get(SANDBOXED):
        home = Path.home()
        yield from (path for path in home.iterdir() if path.name not in _KEPT and path != own)
        yield from (path for path in (home / "tmp").iterdir() if path != own)


_PATIENCE, _PAUSE = 5.0, 0.02


def end_strays(spare: frozenset[int]) -> None:
    """End every process below this one but some.

    Args:
        spare: The kernel, and what else is not the notebook's.
    """
    end = monotonic() + _PATIENCE
    while (strays := descendants() - spare) and monotonic() < end:
        for pid in strays:
            _end(pid)
        sleep(_PAUSE)  # hundreds of them take a while to go


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, os.WNOHANG)
    except (ProcessLookupError, ChildProcessError, PermissionError):
        return
