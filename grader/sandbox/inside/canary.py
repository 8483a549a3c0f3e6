"""What a sandbox is tried with before a notebook is let into it: our own code, from the inside.

A script of its own, started as a driver would be. It attempts what must fail and prints, as JSON,
the name of everything that worked; one argument of JSON says where to try.
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


def attempts(where: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """What must not work, by name."""
    return {
        "read a secret": lambda: _open(where["secret"], os.O_RDONLY),
        "change a result": lambda: _open(where["result"], os.O_WRONLY),
        "cut a result short": lambda: os.truncate(where["result"], 0),
        "add a result": lambda: _open(where["new"], os.O_WRONLY | os.O_CREAT),
        "change a result's rights": lambda: _change_rights(where["result"]),
        "delete a result": lambda: os.unlink(where["result"]),  # noqa: PTH108 (a try)
        "open an internet socket": lambda: socket.socket(socket.AF_INET),
        "open a socket to the host": lambda: socket.socket(_AF_VSOCK, socket.SOCK_STREAM),
        "call a service outside": lambda: _call(where["socket"]),
        "signal the grader": lambda: _signal(where["grader"]),
        "fork past the limit": _fork,
        "become root": lambda: os.setuid(0) if os.getuid() else None,
    }


def _open(path: str, flags: int) -> None:
    os.close(os.open(path, flags))


def _change_rights(path: str) -> None:
    os.chmod(path, 0o640)  # noqa: PTH101 (a try)
    if os.stat(path).st_mode & 0o777 != 0o640:  # noqa: PLR2004, PTH116 (the same)
        raise PermissionError


def _call(path: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.connect(path)


def _signal(grader: dict[str, Any]) -> None:
    """Only where that number is the grader: in another namespace it may be anyone's."""
    with open(f"/proc/{grader['pid']}/stat", encoding="utf-8") as file:  # noqa: PTH123 (a try)
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


def _as_a_kernel() -> None:
    """A kernel has one more filter than the driver: what matters is what it can do."""
    if program := os.environ.get("INDUCTION_LAB_FILTER"):
        confine = runpy.run_path(str(Path(__file__).with_name("restrict.py")))
        confine["filter_system_calls"](b64decode(program))


def main() -> None:
    """Try everything, say what worked."""
    _as_a_kernel()
    worked = []
    for name, attempt in attempts(json.loads(sys.argv[1])).items():
        try:
            attempt()
        except OSError:
            continue
        worked.append(name)
    print(json.dumps(worked))  # noqa: T201 (what it is for)


if __name__ == "__main__":
    main()
