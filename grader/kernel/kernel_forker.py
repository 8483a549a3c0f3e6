"""Forks a driver and, for as long as it runs, kernels for it: already imported, still untouched.

Runs inside the sandbox, as the parent of both. One thread, nothing of a notebook's in its memory:
what the driver has been told stays in the driver, and no kernel is forked from that.
"""

import gc
import json
import os
import random
import runpy
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from typing import Any, NoReturn

import numpy as np

from grader.kernel.cleanup import end_strays
from grader.kernel.confined_kernel import close_to_others, confine_kernel
from grader.sandbox.inside.env_vars import LAUNCHER
from grader.sandbox.inside.supervisor import adopt, end_below, point_nowhere

_MAX_REQUEST = 2**20
_LEAST = 3
"""Descriptors below are standard input, output and error."""


def launch(plan: dict[str, Any]) -> None:
    """Start the driver and fork kernels until it has ended.

    Args:
        plan: What it was granted, and ``command``: the driver's.
    """
    close_to_others()
    adopt()
    tempfile.tempdir = None
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here asks how a process has ended
    ours, drivers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    driver = os.fork()
    if driver == 0:
        ours.close()
        _become(plan["command"], drivers)
    drivers.close()
    point_nowhere(0, 1)
    while request := ours.recv(_MAX_REQUEST):
        _serve(json.loads(request), ours, driver)
    with suppress(ChildProcessError):
        os.waitpid(driver, 0)


def _serve(request: dict[str, Any], driver_socket: socket.socket, driver: int) -> None:
    answer = 0
    if "kernel" in request:
        answer = os.fork()
        if answer == 0:
            _become_kernel(request["kernel"])
    elif request["spare"] is None:
        end_below(frozenset({driver}))
    else:
        end_strays(frozenset({driver, request["spare"]}))
    driver_socket.send(json.dumps(answer).encode())


def _become(command: list[str], launcher: socket.socket) -> NoReturn:
    """The driver; a module of ours is run in this process, which has imported what it needs."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        if command[1:3] == ["-P", "-m"]:
            launcher.set_inheritable(False)
            os.environ[LAUNCHER] = str(launcher.detach())
            sys.argv = command[3:]
            runpy.run_module(command[3], run_name="__main__", alter_sys=True)
        else:
            os.execv(command[0], command)  # noqa: S606 (no shell is meant)
    except BaseException as error:  # noqa: BLE001 (said, as Python itself would say it)
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(0)


def _become_kernel(asked: dict[str, Any]) -> NoReturn:
    """A kernel like one that was started by itself."""
    code = 1
    try:
        point_nowhere(0, 1, 2)
        os.closerange(_LEAST, os.sysconf("SC_OPEN_MAX"))
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(asked["folder"])
        confine_kernel()
        close_to_others(closed=False)
        _forget_the_parent()
        sys.argv = asked["command"]
        runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
        code = 0
    finally:
        os._exit(code)


def _forget_the_parent() -> None:
    """What every process draws or finds for itself."""
    random.seed()
    np.random.seed()
    gc.enable()
