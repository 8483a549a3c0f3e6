"""The warm parent: imports once what every kernel needs, builds the grading model, then forks.

Started by the grader as ``python -m grader.kernel.forkserver``. No student code runs in it and it knows
no rubric, no answer and no seed. Each child enters its sandbox before anything else.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

from grader.errors import GraderError
from grader.kernel import KERNEL_ENVIRONMENT
from grader.sandbox.inside.namespaces import enter

_MAX_REQUEST = 2**20
_PAUSE = 0.2
_DESCRIPTORS = 4
"""Of the driver: input, output, errors; and where it says that it is in."""


def main() -> None:
    """Get ready, say so, then fork a child for every request until the grader has none left."""
    settings = json.loads(sys.argv[1])
    control = socket.socket(fileno=settings["control"])
    control.set_inheritable(False)
    os.environ.update(KERNEL_ENVIRONMENT)  # libraries look there when they are imported
    from grader.kernel.preload import get_ready  # noqa: PLC0415 (after the environment is set)

    try:
        get_ready(settings["models"])
    except GraderError as error:
        sys.exit(str(error))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here asks how a child has ended
    gc.collect()
    gc.freeze()  # pages that nobody writes to are shared for good
    with suppress(BrokenPipeError):
        control.send(b"ready")
    while True:
        request, descriptors, *_ = socket.recv_fds(control, _MAX_REQUEST, _DESCRIPTORS)
        if not request:
            return
        plan = json.loads(request)
        if plan is None:
            _see_out(control)
            return
        _fork(plan, descriptors, control)


def _see_out(control: socket.socket) -> None:
    """Wait for the last child's end, or the grader's."""
    with suppress(ChildProcessError):
        while not select.select([control], [], [], _PAUSE)[0]:
            os.waitpid(-1, os.WNOHANG)


def _fork(plan: dict[str, Any], descriptors: list[int], control: socket.socket) -> None:
    """A child that enters its sandbox; none where a lock could be held by another thread."""
    from grader.kernel.kernel_forker import launch  # noqa: PLC0415 (after the environment is set)

    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208 (one call)
    if threads == 1 and os.fork() == 0:
        control.close()
        for number, descriptor in enumerate(descriptors[:3]):
            os.dup2(descriptor, number)
        hello = socket.socket(fileno=descriptors.pop())
        for descriptor in descriptors:
            os.close(descriptor)
        enter(plan, hello, launch)
    for descriptor in descriptors:
        os.close(descriptor)


if __name__ == "__main__":
    main()
