"""Where the grader runs as root: a user of its own for each sandbox, that owns nothing else."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from grader.errors import KernelError

_FIRST_UID = 60600
"""Of a range that distributions leave alone (just below systemd's dynamic users)."""
_SLOTS = 64
_PLACE = Path("/run" if os.access("/run", os.W_OK) else "/tmp")  # noqa: S108 (checked below)
"""One for the machine, whatever a grader's own temporary folder is."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A uid that nobody else uses for now."""

    uid: int

    @classmethod
    @contextlib.contextmanager
    def take(cls) -> Iterator["Slot"]:
        """Hold a free one.

        Raises:
            KernelError: All are taken.
        """
        folder = _PLACE / "induction-lab-grader-slots"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise KernelError(f"{folder} is not the grader's own: remove it.")
        for number in range(_SLOTS):
            with (folder / str(number)).open("w") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    continue
                if not _runs_anything(_FIRST_UID + number):
                    yield cls(_FIRST_UID + number)
                    return
        raise KernelError(f"{_SLOTS} sandboxes run already: wait for one to end.")


def _runs_anything(uid: int) -> bool:
    """Whether somebody else's process has this uid: a container's on this machine, say."""
    return any(p.info["uids"] and uid in p.info["uids"] for p in psutil.process_iter(["uids"]))
