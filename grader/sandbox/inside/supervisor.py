"""Supervises a sandbox that has no PID namespace of its own, and kills every process it leaves.

As a standalone script it is started with ``python -I -S`` and one argument of JSON. It is a
subreaper (PR_SET_CHILD_SUBREAPER): processes that a notebook detaches become its children and are
killed with the others.
"""

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_KILL_SECONDS = 4.0
_REAP_SECONDS, _POLL_SECONDS = 0.2, 0.002
_AWAITED_SIGNALS = (signal.SIGCHLD, signal.SIGTERM)


def main() -> None:
    """Supervise the command of a plan."""
    plan = json.loads(sys.argv[1])
    command = plan["command"]
    supervise(plan["parent"], plan["uid"], lambda: os.execv(command[0], command))  # noqa: S606 (no shell is meant)


def supervise(parent: int, uid: int | None, start: Callable[[], object]) -> None:
    """Start a driver, wait until it ends or SIGTERM arrives, then kill all that is left.

    Args:
        parent: Process id of this process's parent; if the parent ends, all this is killed too.
        uid: User that the driver becomes; None if it does not change.
        start: Runs the driver, in a child that exits when it returns.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED_SIGNALS)
    become_subreaper()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        return  # the grader ended before the line above took effect
    driver = os.fork()
    if driver == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _AWAITED_SIGNALS)
        start()
        os._exit(0)
    redirect_to_devnull(0, 1)
    _wait(driver)
    _kill_remaining(uid)


def redirect_to_devnull(*descriptors: int) -> None:
    """Redirect descriptors to /dev/null, so that this process holds no end of another's pipes."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(null, descriptor)
    os.close(null)


def become_subreaper() -> None:
    """Make this process the parent of descendants whose own parent has ended."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _wait(driver: int) -> None:
    """Wait until the driver has ended or SIGTERM arrives, reaping other children."""
    while signal.sigwait(_AWAITED_SIGNALS) != signal.SIGTERM:
        while True:
            try:
                ended, _status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if ended == driver:
                return
            if ended == 0:
                break


def _kill_remaining(uid: int | None) -> None:
    """Kill and reap everything that is left."""
    end = time.monotonic() + _KILL_SECONDS
    while time.monotonic() < end:
        if uid is None:
            kill_descendants()
        else:
            _kill_all_of_user(uid)
        if _reap_all() and (uid is None or not _has_processes(uid)):
            return


def _kill_all_of_user(uid: int) -> None:
    """Kill all processes of a user at once, from a child that becomes that user.

    As that user, kill(-1) can reach no other user's processes.
    """
    killer = os.fork()
    if killer == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(killer, 0)


def kill_descendants(spare: frozenset[int] = frozenset()) -> None:
    """Kill this process's descendants.

    All of them are stopped first, so that none can escape by forking.

    Args:
        spare: Process ids that are not killed.
    """
    stopped: set[int] = set()
    while fresh := descendants() - stopped - spare:
        for pid in fresh:
            _send_signal(pid, signal.SIGSTOP)
        stopped |= fresh
    for pid in stopped:
        _send_signal(pid, signal.SIGKILL)


def descendants() -> set[int]:
    """Return the ids of all living processes below this one, at any depth."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (parent := _living_parent(folder)) is not None:
            parents[int(folder.name)] = parent
    below: set[int] = set()
    fresh = {os.getpid()}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - below
        below |= fresh
    return below


def _living_parent(folder: Path) -> int | None:
    """Return a process's parent; None for a zombie or a process that is gone."""
    try:
        stat = (folder / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    state, parent = stat[stat.rindex(")") + 2 :].split()[:2]
    return None if state in "ZX" else int(parent)


def _has_processes(uid: int) -> bool:
    for folder in Path("/proc").iterdir():
        try:
            if (
                folder.name.isdigit()
                and folder.stat().st_uid == uid
                and _living_parent(folder) is not None
            ):
                return True
        except OSError:
            continue
    return False


def _send_signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _reap_all() -> bool:
    """Reap children, waiting a moment for those just killed; return True if none is left."""
    end = time.monotonic() + _REAP_SECONDS
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(_POLL_SECONDS)
        except ChildProcessError:
            return True
    return False


if __name__ == "__main__":
    main()
