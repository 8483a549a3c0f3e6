"""How a warm parent's child enters its sandbox: after the fork, before anything of a student's.

What bubblewrap does for a command it starts, this does for a process that is already there: a view
of the files it has inherited; processes, network and empty folders it gets for itself.
"""

import ctypes
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from grader.sandbox.inside.restrict import confine
from grader.sandbox.inside.supervisor import point_nowhere, supervise

_NEW_USER, _NEW_PID, _NEW_IPC, _NEW_NET, _NEW_MOUNTS = (
    0x10000000, 0x20000000, 0x08000000, 0x40000000, 0x00020000,
)  # fmt: skip
_PRIVATE = 0x4000 | 0x40000  # MS_REC | MS_PRIVATE
_BIND = 0x1000 | 0x4000  # MS_BIND | MS_REC
_READ_ONLY = 0x1 | 0x20 | 0x1000  # MS_RDONLY | MS_REMOUNT | MS_BIND
_NO_SUID, _NO_DEVICES, _NO_EXEC = 0x2, 0x4, 0x8
_PR_SET_PDEATHSIG = 1

Then = Callable[[dict[str, Any]], None]


def enter(plan: dict[str, Any], hello: socket.socket, then: Then) -> NoReturn:
    """Enter a sandbox, tell the grader so, and go on inside; the process ends with it.

    Args:
        plan: As `confine` takes it, with ``namespaces`` or null: ``folders`` to make anew with
            their sizes, what has been ``seen`` in them and is to be seen again, and whether to have
            a ``user`` namespace as well.
        hello: Where the grader waits; it learns the process's number from the kernel.
        then: What runs inside.
    """
    code = 1
    try:
        if plan["namespaces"] is None:
            _greet(hello)
            supervise(os.getppid(), plan["uid"], lambda: _inside(plan, then))
        else:
            _in_namespaces(plan, hello, then)
        code = 0
    except BaseException as error:  # noqa: BLE001 (said, as Python itself would say it)
        os.write(
            2, f"the sandbox could not be entered ({type(error).__name__}: {error})\n".encode()
        )
    finally:
        os._exit(code)


def _inside(plan: dict[str, Any], then: Then) -> None:
    if not plan.get("unconfined"):
        confine(plan)
        os.umask(0o077)
    os.environ.clear()
    os.environ.update(plan["environment"])
    Path(os.environ["TMPDIR"]).mkdir(parents=True, exist_ok=True)
    os.chdir(plan["home"])
    then(plan)


def _in_namespaces(plan: dict[str, Any], hello: socket.socket, then: Then) -> None:
    """Be the first process of new namespaces; its parent stays outside and ends with it."""
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
    given = plan["namespaces"]
    uid, gid = os.getuid(), os.getgid()
    kinds = _NEW_MOUNTS | _NEW_PID | _NEW_IPC | _NEW_NET
    _checked(libc.unshare(kinds | (_NEW_USER if given["user"] else 0)), "unshare")
    if given["user"]:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    first = os.fork()
    if first:
        hello.close()
        point_nowhere(0, 1)
        os.waitpid(first, 0)
        return
    _mount(libc, "none", "/", None, _PRIVATE)
    _mount(libc, "proc", "/proc", "proc", _NO_SUID | _NO_DEVICES | _NO_EXEC)
    _mount(libc, "devpts", "/dev/pts", "devpts", _NO_SUID | _NO_EXEC, "newinstance,ptmxmode=0666")
    seen = {path: os.open(path, os.O_PATH) for path in given["seen"]}
    for folder, size in given["folders"].items():
        options = f"mode=1777,size={size}"
        _mount(libc, "tmpfs", folder, "tmpfs", _NO_SUID | _NO_DEVICES, options)
    for path, descriptor in seen.items():
        Path(path).mkdir(0o755)
        _mount(libc, f"/proc/self/fd/{descriptor}", path, None, _BIND)
        # Its mounts are read-only already; the folders on the way to them are the parent's own.
        _mount(libc, "none", path, None, _READ_ONLY | _NO_SUID | _NO_DEVICES)
        os.close(descriptor)
    _greet(hello)
    _inside(plan, then)


def _mount(  # noqa: PLR0913, PLR0917 (mount's own)
    libc: ctypes.CDLL, source: str, target: str, kind: str | None, flags: int, options: str = ""
) -> None:
    name = kind.encode() if kind else None
    result = libc.mount(
        source.encode(), target.encode(), name, ctypes.c_ulong(flags), options.encode()
    )
    _checked(result, f"mount {target}")


def _checked(result: int, what: str) -> None:
    if result:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def _greet(hello: socket.socket) -> None:
    """The kernel adds who sent it, in the numbers of whoever reads it."""
    hello.send(b"in")
    hello.close()
