"""Entry point of a sandboxed kernel: restricts the process before IPython and any cell runs.

Started as ``python -m grader.kernel.confined_kernel`` in place of ``ipykernel_launcher``. The
kernel enters a Landlock domain of its own, nested in the sandbox's, so that it can neither ptrace
nor signal the driver.
"""

import ctypes
import json
import os
import resource
import runpy
import sys
from base64 import b64decode

from grader.sandbox.inside.env_vars import KERNEL_FILTER, KERNEL_PATHS
from grader.sandbox.inside.restrict import allow_paths, filter_system_calls

_RESERVED_PROCESSES = 32
_PR_SET_DUMPABLE = 4


def enter_own_domain() -> None:
    """Enter a Landlock domain from which no process outside it can be signalled or ptraced."""
    if paths := os.environ.pop(KERNEL_PATHS, ""):
        allow_paths(json.loads(paths))
        return
    try:
        from py_landlock import AccessFs, Landlock, LandlockError  # noqa: PLC0415 (Linux only)
    except ImportError:
        return
    try:
        Landlock(strict=False).add_path_rule("/", access=~AccessFs(0)).apply()
    except (LandlockError, OSError):
        return  # an older Linux without Landlock: the driver is undumpable all the same


def reserve_processes() -> None:
    """Lower RLIMIT_NPROC below the driver's, so that a fork bomb cannot starve the driver."""
    limit = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    if limit > 2 * _RESERVED_PROCESSES:
        lowered = limit - _RESERVED_PROCESSES
        resource.setrlimit(resource.RLIMIT_NPROC, (lowered, lowered))


def set_dumpable(*, dumpable: bool) -> None:
    """Set PR_SET_DUMPABLE, on Linux.

    Processes of the same user can neither ptrace an undumpable process nor open its memory or
    pipes through /proc.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, int(dumpable), 0, 0, 0)


def confine_kernel() -> None:
    """Drop the permissions that the driver needs and a kernel does not."""
    reserve_processes()
    enter_own_domain()
    if program := os.environ.pop(KERNEL_FILTER, ""):
        filter_system_calls(b64decode(program))


def main() -> None:
    """Confine this process if it is in a sandbox, then run ipykernel in it."""
    confine_kernel()
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
