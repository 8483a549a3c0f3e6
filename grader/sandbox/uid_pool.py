"""Pool of users for sandboxes, if the grader is root: each sandbox gets a uid that owns nothing."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from grader.errors import KernelError

_FIRST_UID = 60600
"""Start of a range that distributions do not use (just below systemd's dynamic users)."""
_POOL_SIZE = 64
_LOCK_PARENT = Path("/run" if os.access("/run", os.W_OK) else "/tmp")  # noqa: S108 (checked below)
"""Parent of the lock files; the same for all graders on the machine, whatever their TMPDIR is."""


@dataclass(frozen=True, slots=True)
class SandboxUser:
    """A uid that no other process uses at present."""

    uid: int

    @classmethod
    @contextlib.contextmanager
    def acquire(cls) -> Iterator["SandboxUser"]:
        """Lock a free uid.

        Raises:
            KernelError: All are in use.
        """
        folder = _LOCK_PARENT / "induction-lab-grader-slots"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise KernelError(f"{folder} is not the grader's own: remove it.")
        for number in range(_POOL_SIZE):
            with (folder / str(number)).open("w") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    continue
                if not _is_in_use(_FIRST_UID + number):
                    yield cls(_FIRST_UID + number)
                    return
        raise KernelError(f"{_POOL_SIZE} sandboxes run already: wait for one to end.")


def _is_in_use(uid: int) -> bool:
    """Return True if a process has this uid, such as one in a container on this machine."""
    return any(p.info["uids"] and uid in p.info["uids"] for p in psutil.process_iter(["uids"]))
