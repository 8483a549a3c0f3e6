"""Forks a driver and, while it runs, kernels for it, with everything already imported.

Runs inside the sandbox as the parent of both. It has one thread and nothing of a notebook in its
memory: what the driver receives stays in the driver, and kernels are never forked from the driver.
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

from grader.kernel.cleanup import kill_leftover_processes
from grader.kernel.confined_kernel import confine_kernel, set_dumpable
from grader.sandbox.inside.env_vars import KERNEL_FORKER
from grader.sandbox.inside.supervisor import (
    become_subreaper,
    kill_descendants,
    redirect_to_devnull,
)

_MAX_REQUEST = 2**20
_FIRST_FD = 3
"""First descriptor after standard input, output and error."""


def run_forker(plan: dict[str, Any]) -> None:
    """Start the driver and fork kernels until the driver has ended.

    Args:
        plan: The sandbox plan; ``command`` is the driver's command line.
    """
    set_dumpable(dumpable=False)
    become_subreaper()
    tempfile.tempdir = None
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # exit statuses are not needed: reap at once
    own_socket, driver_socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    driver = os.fork()
    if driver == 0:
        own_socket.close()
        _become_driver(plan["command"], driver_socket)
    driver_socket.close()
    redirect_to_devnull(0, 1)
    while request := own_socket.recv(_MAX_REQUEST):
        _serve(json.loads(request), own_socket, driver)
    with suppress(ChildProcessError):
        os.waitpid(driver, 0)


def _serve(request: dict[str, Any], own_socket: socket.socket, driver: int) -> None:
    reply = 0
    if "kernel" in request:
        reply = os.fork()
        if reply == 0:
            _become_kernel(request["kernel"])
    elif request["spare"] is None:
        kill_descendants(frozenset({driver}))
    else:
        kill_leftover_processes(frozenset({driver, request["spare"]}))
    own_socket.send(json.dumps(reply).encode())


def _become_driver(command: list[str], forker_socket: socket.socket) -> NoReturn:
    """Run the driver; a Python module runs in this process, which has its imports already."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        if command[1:3] == ["-P", "-m"]:
            forker_socket.set_inheritable(False)
            os.environ[KERNEL_FORKER] = str(forker_socket.detach())
            sys.argv = command[3:]
            runpy.run_module(command[3], run_name="__main__", alter_sys=True)
        else:
            os.execv(command[0], command)  # noqa: S606 (no shell is meant)
    except BaseException as error:  # noqa: BLE001 (reported, as Python itself would)
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(0)


def _become_kernel(request: dict[str, Any]) -> NoReturn:
    """Run a kernel in the state that a newly started process would have."""
    code = 1
    try:
        redirect_to_devnull(0, 1, 2)
        os.closerange(_FIRST_FD, os.sysconf("SC_OPEN_MAX"))
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        confine_kernel()
        set_dumpable(dumpable=True)
        _reset_inherited_state()
        sys.argv = request["command"]
        runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
        code = 0
    finally:
        os._exit(code)


def _reset_inherited_state() -> None:
    """Reseed the random number generators and enable garbage collection, as in a new process."""
    random.seed()
    np.random.seed()
    gc.enable()
