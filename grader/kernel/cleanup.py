"""Removes what a notebook leaves in a sandbox: files of earlier kernels and leftover processes.

Every kernel starts in an empty home, and leftover processes are killed before the first probe.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

from grader.sandbox.inside.env_vars import SANDBOXED
from grader.sandbox.inside.supervisor import descendants

_PERMANENT_FOLDERS = frozenset({".cache", "tmp"})
_MAX_ATTEMPTS = 50
_KILL_SECONDS, _POLL_SECONDS = 5.0, 0.02


def clear_home(driver_folder: Path) -> None:
    """Delete the files of earlier kernels; outside a sandbox, only those in the driver's folder.

    Args:
        driver_folder: The driver's own temporary folder; it is emptied but not removed.
    """
    for _ in range(_MAX_ATTEMPTS):
        leftovers = [path for path in _leftover_paths(driver_folder) if os.path.lexists(path)]
        if not leftovers:
            return
        # rm, because shutil.rmtree fails on very deep trees. Repeated, because the resource
        # monitor may kill rm itself while the home is still over its limit.
        subprocess.run(["rm", "-rf", "--", *map(str, leftovers)], check=False, capture_output=True)  # noqa: S603, S607 (found on the sandbox's own path)


def _leftover_paths(driver_folder: Path) -> Iterator[Path]:
    yield from driver_folder.iterdir()
    if os.environ.get(SANDBOXED):
        home = Path.home()
        yield from (
            path
            for path in home.iterdir()
            if path.name not in _PERMANENT_FOLDERS and path != driver_folder
        )
        yield from (path for path in (home / "tmp").iterdir() if path != driver_folder)


def kill_leftover_processes(spare: frozenset[int]) -> None:
    """Kill every descendant of this process except the given ones.

    Args:
        spare: Process ids of the kernel and of anything else the notebook did not start.
    """
    end = monotonic() + _KILL_SECONDS
    while (leftovers := descendants() - spare) and monotonic() < end:
        for pid in leftovers:
            _kill(pid)
        sleep(_POLL_SECONDS)  # hundreds of processes take a while to exit


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, os.WNOHANG)
    except (ProcessLookupError, ChildProcessError, PermissionError):
        return
