"""The fork server: imports what every kernel needs, builds the grading model, then forks.

Started by the grader as ``python -m grader.kernel.forkserver``. It runs no student code and knows
no rubric, answer or seed. Each child enters its sandbox before doing anything else.
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
from grader.sandbox.inside.namespaces import enter_sandbox

_MAX_REQUEST = 2**20
_POLL_SECONDS = 0.2
_DESCRIPTORS = 4
"""Descriptors sent with a request: the driver's stdin, stdout and stderr, and the socket on which
it announces that it has entered its sandbox."""


def main() -> None:
    """Preload, report ready, then fork one child per request until the grader closes the socket."""
    settings = json.loads(sys.argv[1])
    control = socket.socket(fileno=settings["control"])
    control.set_inheritable(False)
    os.environ.update(KERNEL_ENVIRONMENT)  # libraries read these when they are imported
    from grader.kernel.preload import preload  # noqa: PLC0415 (after the environment is set)

    try:
        preload(settings["models"])
    except GraderError as error:
        sys.exit(str(error))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # exit statuses are not needed: reap at once
    gc.collect()
    gc.freeze()  # so that collections write to no shared (copy-on-write) page
    with suppress(BrokenPipeError):
        control.send(b"ready")
    while True:
        request, descriptors, *_ = socket.recv_fds(control, _MAX_REQUEST, _DESCRIPTORS)
        if not request:
            return
        plan = json.loads(request)
        if plan is None:
            _wait_for_children(control)
            return
        _fork(plan, descriptors, control)


def _wait_for_children(control: socket.socket) -> None:
    """Wait until the last child has ended or the grader has closed the socket."""
    with suppress(ChildProcessError):
        while not select.select([control], [], [], _POLL_SECONDS)[0]:
            os.waitpid(-1, os.WNOHANG)


def _fork(plan: dict[str, Any], descriptors: list[int], control: socket.socket) -> None:
    """Fork a child that enters its sandbox.

    Nothing is forked while a second thread exists: it could hold a lock, which the child would
    then inherit locked.
    """
    from grader.kernel.kernel_forker import run_forker  # noqa: PLC0415 (after the environment is set)

    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208 (one system call)
    if threads == 1 and os.fork() == 0:
        control.close()
        for number, descriptor in enumerate(descriptors[:3]):
            os.dup2(descriptor, number)
        hello = socket.socket(fileno=descriptors.pop())
        for descriptor in descriptors:
            os.close(descriptor)
        enter_sandbox(plan, hello, run_forker)
    for descriptor in descriptors:
        os.close(descriptor)


if __name__ == "__main__":
    main()
