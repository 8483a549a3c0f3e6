"""The kernel's first moments: it leaves the driver's reach before IPython, and any cell, begins.

Started as ``python -m grader.inside.confined`` in place of ``ipykernel_launcher``. A Landlock
domain of its own, inside the sandbox's, keeps a kernel from the driver's memory and from ending it.
"""

import json
import os
import resource
import runpy
from base64 import b64decode

from grader.isolation.confine import allow_paths, filter_system_calls
from grader.isolation.names import FILTER, PATHS

_ROOM = 32


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


def main() -> None:
    """Confine this process where it is in a sandbox, then become a kernel."""
    leave_room()
    leave_the_driver()
    if program := os.environ.pop(FILTER, ""):
        filter_system_calls(b64decode(program))
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
