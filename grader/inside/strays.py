"""What a notebook has started and left running: ended before its functions are asked anything."""

import ctypes
import os
import signal
from pathlib import Path
from time import monotonic, sleep

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE, _PAUSE = 5.0, 0.02


def adopt() -> None:
    """Make this process the parent of whatever those below it let go of."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_strays(kernel: int) -> None:
    """End every process below this one but the kernel.

    Args:
        kernel: The process to spare.
    """
    end = monotonic() + _PATIENCE
    while (strays := _below(os.getpid()) - {kernel}) and monotonic() < end:
        for pid in strays:
            _end(pid)
        sleep(_PAUSE)  # hundreds of them take a while to go


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, os.WNOHANG)
    except (ProcessLookupError, ChildProcessError, PermissionError):
        return


def _below(ancestor: int) -> set[int]:
    """Living processes below one, at any depth."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (found := _parent(folder)) is not None:
            parents[int(folder.name)] = found
    below: set[int] = set()
    fresh = {ancestor}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - below
        below |= fresh
    return below


def _parent(folder: Path) -> int | None:
    """A process's parent; None if it is dead or gone."""
    try:
        stat = (folder / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    state, parent = stat[stat.rindex(")") + 2 :].split()[:2]
    return None if state in "ZX" else int(parent)
