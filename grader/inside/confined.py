"""The kernel's first moments: it leaves the driver's reach before IPython, and any cell, begins.

Started as ``python -m grader.inside.confined`` in place of ``ipykernel_launcher``. A Landlock
domain of its own, inside the sandbox's, keeps a kernel from the driver's memory and from ending it.
"""

import os
import runpy
from base64 import b64decode

from grader.isolation.confine import filter_system_calls
from grader.isolation.names import FILTER


def leave_the_driver() -> None:
    """Enter a domain from which nothing outside can be signalled or looked into."""
    try:
        from py_landlock import AccessFs, Landlock, LandlockError  # noqa: PLC0415 (Linux only)
    except ImportError:
        return
    try:
        Landlock(strict=False).add_path_rule("/", access=~AccessFs(0)).apply()
    except (LandlockError, OSError):
        return  # an older kernel: the driver is closed to others of its user all the same


def main() -> None:
    """Confine this process where it is in a sandbox, then become a kernel."""
    leave_the_driver()
    if program := os.environ.pop(FILTER, ""):
        filter_system_calls(b64decode(program))
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
