"""The canary: our own program that tests a sandbox from the inside before any notebook runs in it.

A standalone script, started as a driver would be. It attempts what must fail and prints, as JSON,
the names of the attempts that succeeded; its one argument is JSON that names the targets.
"""

import json
import os
import resource
import runpy
import socket
import sys
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

_AF_VSOCK = 40


def run_attempts(targets: dict[str, Any]) -> list[str]:
    """Run every attempt and return the names of those that succeeded."""
    succeeded = []
    for name, attempt in _attempts(targets).items():
        try:
            attempt()
        except OSError:
            continue
        succeeded.append(name)
    return succeeded


def _attempts(targets: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """Return the attempts by name; each raises OSError if it is prevented."""
    return {
        "read a secret": lambda: _open(targets["secret"], os.O_RDONLY),
        "change a result": lambda: _open(targets["result"], os.O_WRONLY),
        "cut a result short": lambda: os.truncate(targets["result"], 0),
        "add a result": lambda: _open(targets["new"], os.O_WRONLY | os.O_CREAT),
        "change a result's rights": lambda: _change_rights(targets["result"]),
        "delete a result": lambda: os.unlink(targets["result"]),  # noqa: PTH108 (an attempt)
        "open an internet socket": lambda: socket.socket(socket.AF_INET),
        "open a socket to the host": lambda: socket.socket(_AF_VSOCK, socket.SOCK_STREAM),
        "call a service outside": lambda: _connect(targets["socket"]),
        "signal the grader": lambda: _signal(targets["grader"]),
        "fork past the limit": _fork,
        "become root": lambda: os.setuid(0) if os.getuid() else None,
    }


def _open(path: str, flags: int) -> None:
    os.close(os.open(path, flags))


def _change_rights(path: str) -> None:
    os.chmod(path, 0o640)  # noqa: PTH101 (an attempt)
    if os.stat(path).st_mode & 0o777 != 0o640:  # noqa: PLR2004, PTH116 (the same)
        raise PermissionError


def _connect(path: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect(path)


def _signal(grader: dict[str, Any]) -> None:
    """Signal the grader.

    In another PID namespace its number may be any process's, so the start time is compared first.
    """
    with open(f"/proc/{grader['pid']}/stat", encoding="utf-8") as file:  # noqa: PTH123 (an attempt)
        started = file.read().rpartition(")")[2].split()[19]
    if started == grader["started"]:
        os.kill(grader["pid"], 0)
    else:
        raise ProcessLookupError


def _fork() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, hard))
    if os.fork() == 0:
        os._exit(0)
    os.wait()


def _as_kernel_process() -> None:
    """Install the kernel's additional seccomp filter: what counts is what a kernel can do."""
    if program := os.environ.get("INDUCTION_LAB_FILTER"):
        restrict = runpy.run_path(str(Path(__file__).with_name("restrict.py")))
        restrict["filter_system_calls"](b64decode(program))


def main() -> None:
    """Attempt everything and print what succeeded."""
    _as_kernel_process()
    print(json.dumps(run_attempts(json.loads(sys.argv[1]))))  # noqa: T201 (its only output)


if __name__ == "__main__":
    main()
