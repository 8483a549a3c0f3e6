"""Enters a sandbox's namespaces in a child of the fork server, before any student code runs.

Does for an existing process what bubblewrap does for a command that it starts: the child inherits
the fork server's view of the files, and gets its own process, network, IPC and mount namespaces and
its own empty folders.
"""

import ctypes
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from grader.sandbox.inside.restrict import confine
from grader.sandbox.inside.supervisor import redirect_to_devnull, supervise

_CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWIPC, _CLONE_NEWNET, _CLONE_NEWNS = (
    0x10000000, 0x20000000, 0x08000000, 0x40000000, 0x00020000,
)  # fmt: skip
_PRIVATE = 0x4000 | 0x40000  # MS_REC | MS_PRIVATE
_BIND = 0x1000 | 0x4000  # MS_BIND | MS_REC
_READ_ONLY = 0x1 | 0x20 | 0x1000  # MS_RDONLY | MS_REMOUNT | MS_BIND
_NOSUID, _NODEV, _NOEXEC = 0x2, 0x4, 0x8
_PR_SET_PDEATHSIG = 1

Continuation = Callable[[dict[str, Any]], None]
"""Called with the plan inside the sandbox."""


def enter_sandbox(plan: dict[str, Any], hello: socket.socket, then: Continuation) -> NoReturn:
    """Enter a sandbox, announce that to the grader and continue inside; never returns.

    Args:
        plan: The plan of `confine`, with ``namespaces``: null, or ``folders`` to mount empty with
            their sizes, paths in them to bind again (``seen``), and whether to create a ``user``
            namespace as well.
        hello: Socket on which the grader waits; it reads the process id from the message's
            SCM_CREDENTIALS.
        then: Runs inside the sandbox.
    """
    code = 1
    try:
        if plan["namespaces"] is None:
            _announce(hello)
            supervise(os.getppid(), plan["uid"], lambda: _continue_inside(plan, then))
        else:
            _in_namespaces(plan, hello, then)
        code = 0
    except BaseException as error:  # noqa: BLE001 (reported, as Python itself would)
        message = f"could not enter the sandbox ({type(error).__name__}: {error})\n"
        os.write(2, message.encode())
    finally:
        os._exit(code)


def _continue_inside(plan: dict[str, Any], then: Continuation) -> None:
    if not plan.get("unconfined"):
        confine(plan)
        os.umask(0o077)
    os.environ.clear()
    os.environ.update(plan["environment"])
    Path(os.environ["TMPDIR"]).mkdir(parents=True, exist_ok=True)
    os.chdir(plan["home"])
    then(plan)


def _in_namespaces(plan: dict[str, Any], hello: socket.socket, then: Continuation) -> None:
    """Continue as the first process of new namespaces; the parent stays outside and waits."""
    libc = ctypes.CDLL(None, use_errno=True)
    # If the fork server is killed, this process is too, and with it the PID namespace.
    _check(libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
    namespaces = plan["namespaces"]
    _unshare(libc, with_user=namespaces["user"])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    first = os.fork()
    if first:
        hello.close()
        redirect_to_devnull(0, 1)
        os.waitpid(first, 0)
        return
    _mount_folders(libc, namespaces["folders"], namespaces["seen"])
    _announce(hello)
    _continue_inside(plan, then)


def _unshare(libc: ctypes.CDLL, *, with_user: bool) -> None:
    """Create the namespaces; in a new user namespace, map the present user and group only."""
    uid, gid = os.getuid(), os.getgid()
    kinds = _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC | _CLONE_NEWNET
    _check(libc.unshare(kinds | (_CLONE_NEWUSER if with_user else 0)), "unshare")
    if with_user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _mount_folders(libc: ctypes.CDLL, folders: dict[str, int], seen: list[str]) -> None:
    """Mount a new /proc, /dev/pts and empty folders, and bind in them what was seen before."""
    _mount(libc, "none", "/", None, _PRIVATE)
    _mount(libc, "proc", "/proc", "proc", _NOSUID | _NODEV | _NOEXEC)
    _mount(libc, "devpts", "/dev/pts", "devpts", _NOSUID | _NOEXEC, "newinstance,ptmxmode=0666")
    descriptors = {path: os.open(path, os.O_PATH) for path in seen}
    for folder, size in folders.items():
        options = f"mode=1777,size={size}"
        _mount(libc, "tmpfs", folder, "tmpfs", _NOSUID | _NODEV, options)
    for path, descriptor in descriptors.items():
        Path(path).mkdir(0o755)
        _mount(libc, f"/proc/self/fd/{descriptor}", path, None, _BIND)
        # The mounts below it are read-only already, but the folders between are the fork server's.
        _mount(libc, "none", path, None, _READ_ONLY | _NOSUID | _NODEV)
        os.close(descriptor)


def _mount(  # noqa: PLR0913, PLR0917 (mount's own)
    libc: ctypes.CDLL, source: str, target: str, kind: str | None, flags: int, options: str = ""
) -> None:
    name = kind.encode() if kind else None
    result = libc.mount(
        source.encode(), target.encode(), name, ctypes.c_ulong(flags), options.encode()
    )
    _check(result, f"mount {target}")


def _check(result: int, call: str) -> None:
    if result:
        code = ctypes.get_errno()
        raise OSError(code, f"{call}: {os.strerror(code)}")


def _announce(hello: socket.socket) -> None:
    """Announce this process; Linux adds its id, translated to the reader's PID namespace."""
    hello.send(b"in")
    hello.close()
