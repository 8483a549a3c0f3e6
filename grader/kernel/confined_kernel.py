"""The kernel's first moments: it leaves the driver's reach before IPython, and any cell, begins.

Started as ``python -m grader.kernel.confined_kernel`` in place of ``ipykernel_launcher``. A Landlock
domain of its own, inside the sandbox's, keeps a kernel from the driver's memory and from ending it.
"""

import ctypes
import json
import os
import resource
import runpy
import sys
from base64 import b64decode

from grader.sandbox.inside.env_vars import FILTER, PATHS
from grader.sandbox.inside.restrict import allow_paths, filter_system_calls

_ROOM = 32
_PR_SET_DUMPABLE = 4


def leave_the_driver() -> None:
    """Enter a domain from which nothing outside can be signalled or looked into."""
    if paths := os.environ.pop(PATHS, ""):
        allow_paths(json.loads(paths))
        return
    try:
        from py_landlock import AccessFs, Landlock, LandlockError  # noqa: PLC0415 (Linux only)
    except ImportError:
        return
    try:
        Landlock(strict=False).add_path_rule("/", access=~AccessFs(0)).apply()
    except (LandlockError, OSError):
        return  # an older kernel: the driver is closed to others of its user all the same


def leave_room() -> None:
    """Of processes the kernel may have fewer than the driver: a fork bomb is not its end."""
    most = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    if most > 2 * _ROOM:
        resource.setrlimit(resource.RLIMIT_NPROC, (most - _ROOM, most - _ROOM))


def close_to_others(*, closed: bool = True) -> None:
    """No process of the same user may read this one's memory or open its pipes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, int(not closed), 0, 0, 0)


def confine_kernel() -> None:
    """Give up what a driver may do and a kernel may not."""
    leave_room()
    leave_the_driver()
    if program := os.environ.pop(FILTER, ""):
        filter_system_calls(b64decode(program))


def main() -> None:
    """Confine this process where it is in a sandbox, then become a kernel."""
    confine_kernel()
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
