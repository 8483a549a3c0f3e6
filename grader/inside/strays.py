"""What a notebook has started and left running: ended before its functions are asked anything."""

import os
import signal
from time import monotonic, sleep

from grader.isolation.supervise import descendants

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
