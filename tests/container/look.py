"""Prints what a process can do where it runs, as JSON: `python -m tests.container.look`.

A system call is reported by its return value, or minus errno; an operation on a file or socket by
the errno that it raised, or zero.
"""

import ctypes
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

CLONE_NEWNS, CLONE_NEWUSER, MS_BIND = 0x00020000, 0x10000000, 0x1000
# The same numbers on every architecture but the last, which is x86-64's.
IO_URING_SETUP, CLONE3, LANDLOCK_CREATE_RULESET, KEYCTL = 425, 435, 444, 250
LANDLOCK_CREATE_RULESET_VERSION = 1
AF_VSOCK = 40
WRITABLE = ("/", "/autograder", "/dev/shm", "/home", "/root", "/run", "/tmp", "/var/tmp")  # noqa: S108
READ_ONLY = ("/usr", "/sys", "/sys/fs/cgroup/devices", sys.prefix, str(Path(__file__).parent))
OTHER_USER = 1234

_LIBC = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: Any) -> int:
    """Call a libc function; return its value, or minus errno."""
    value: int = getattr(_LIBC, name)(*arguments)
    return value if value >= 0 else -ctypes.get_errno()


def error(function: Callable[..., object], *arguments: object) -> int:
    """Return the errno that a function raises, or zero."""
    try:
        function(*arguments)
    except OSError as raised:
        return raised.errno or -1
    return 0


def exit_code(*command: str, user: int = 0) -> int:
    """Run a command as a user and return its exit code."""
    program = shutil.which(command[0])
    if program is None:
        return 127
    line = [program, *command[1:]]
    return subprocess.run(
        line, check=False, capture_output=True, user=user, group=user, extra_groups=[]
    ).returncode


def fork_exit_code() -> int:
    """Fork a child that exits with 5, and return its exit code."""
    child = os.fork()
    if child == 0:
        os._exit(5)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def disk_error() -> int:
    """Create a device node for the project's disk and return the errno of opening it."""
    node = Path("/run/disk")
    os.mknod(node, stat.S_IFBLK | 0o600, Path(__file__).stat().st_dev)
    return error(node.open, "rb")


def check_files() -> dict[str, Any]:
    """Return what can be read and written."""
    shm = os.statvfs("/dev/shm")  # noqa: S108
    return {
        "writable": {place: error((Path(place) / "new").touch) for place in WRITABLE},
        "read_only": {place: error((Path(place) / "new").touch) for place in READ_ONLY},
        "sysctl": error(Path("/proc/sys/kernel/hostname").open, "w"),
        "masked": Path("/proc/keys").read_text(encoding="ascii"),
        "shm": shm.f_blocks * shm.f_frsize,
        "disk": disk_error(),
    }


def check_calls() -> dict[str, int]:
    """Return which system calls are allowed, and which processes can be started."""
    return {
        "user_namespace": call("unshare", CLONE_NEWUSER),
        "mount_namespace": call("unshare", CLONE_NEWNS),
        "mount": call("mount", b"/tmp", b"/home", None, MS_BIND, None),
        "landlock": call(
            "syscall", LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_CREATE_RULESET_VERSION
        ),
        "clone3": call("syscall", CLONE3, None, 0),
        "io_uring": call("syscall", IO_URING_SETUP, 1, None),
        "keyctl": call("syscall", KEYCTL, 0, -1, 0),
        "vsock": error(socket.socket, AF_VSOCK, socket.SOCK_STREAM),
        "loopback": error(socket.create_server, ("127.0.0.1", 0)),
        "fork": fork_exit_code(),
        "bwrap": exit_code("bwrap", "--ro-bind", "/", "/", "true"),
        "other_user": exit_code(sys.executable, "-c", "import grader", user=OTHER_USER),
    }


def main() -> None:
    """Print all results."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    status = dict(line.split(":\t", 1) for line in lines)
    selected = {key: status[key] for key in ("CapEff", "CapBnd", "CapInh", "Seccomp", "NoNewPrivs")}
    results = {**selected, **check_files(), **check_calls()}
    sys.stdout.write(json.dumps({"uid": os.getuid(), "pid": os.getpid(), **results}))


if __name__ == "__main__":
    main()
