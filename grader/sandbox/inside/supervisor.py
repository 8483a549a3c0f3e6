"""Stands outside a sandbox that shares our processes, and sees to it that nothing survives it.

A script of its own, started with ``python -I -S`` and one argument of JSON. Whatever a notebook
starts and lets go of becomes this process's child, and is ended with it.
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
_PATIENCE = 4.0
_WATCHED = (signal.SIGCHLD, signal.SIGTERM)


def main() -> None:
    """Supervise the command of a plan."""
    plan = json.loads(sys.argv[1])
    command = plan["command"]
    supervise(plan["parent"], plan["uid"], lambda: os.execv(command[0], command))  # noqa: S606 (no shell is meant)


def supervise(parent: int, uid: int | None, start: Callable[[], object]) -> None:
    """Start a driver, wait for its end or for the order to stop, then end all that is left.

    Args:
        parent: Our own parent: when it ends, so does all this.
        uid: The user that the driver becomes; None where it stays the same.
        start: What the driver does; runs in a child that ends with it.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    adopt()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        return  # the grader is gone already
    driver = os.fork()
    if driver == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
        start()
        os._exit(0)
    point_nowhere(0, 1)
    _wait(driver)
    _sweep(uid)


def point_nowhere(*descriptors: int) -> None:
    """Hold no end of anybody's pipes under these numbers."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def adopt() -> None:
    """Make this process the parent of whatever those below it let go of."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _wait(driver: int) -> None:
    """Until the driver has ended or we are told to end it."""
    while signal.sigwait(_WATCHED) != signal.SIGTERM:
        while True:
            try:
                ended, _status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if ended == driver:
                return
            if ended == 0:
                break


def _sweep(uid: int | None) -> None:
    """End all that is left, and reap it."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if uid is None:
            end_below()
        else:
            _kill_all_of(uid)
        if _reaped() and (uid is None or not _any_of(uid)):
            return


def _kill_all_of(uid: int) -> None:
    """Everything of one user, at once: as that user, who may signal nobody else."""
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


def end_below(spare: frozenset[int] = frozenset()) -> None:
    """End our descendants: stopped first, all of them, so that none can fork its way out.

    Args:
        spare: Those that may live.
    """
    stopped: set[int] = set()
    while fresh := descendants() - stopped - spare:
        for pid in fresh:
            _signal(pid, signal.SIGSTOP)
        stopped |= fresh
    for pid in stopped:
        _signal(pid, signal.SIGKILL)


def descendants() -> set[int]:
    """Living processes below this one, at any depth."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (parent := _parent(folder)) is not None:
            parents[int(folder.name)] = parent
    found: set[int] = set()
    fresh = {os.getpid()}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def _parent(folder: Path) -> int | None:
    """A process's parent; None if it is a corpse or gone."""
    try:
        stat = (folder / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    state, parent = stat[stat.rindex(")") + 2 :].split()[:2]
    return None if state in "ZX" else int(parent)


def _any_of(uid: int) -> bool:
    for folder in Path("/proc").iterdir():
        try:
            if (
                folder.name.isdigit()
                and folder.stat().st_uid == uid
                and _parent(folder) is not None
            ):
                return True
        except OSError:
            continue
    return False


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _reaped() -> bool:
    """Whether no child is left; those that have just been killed need a moment."""
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.002)
        except ChildProcessError:
            return True
    return False


if __name__ == "__main__":
    main()
