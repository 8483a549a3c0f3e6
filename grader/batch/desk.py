"""A place to grade at on a worker: opened with its first submission, closed when nobody comes."""

from contextlib import ExitStack
from threading import Lock, Timer

from grader.batch.bench import Bench
from grader.batch.finished import Finished
from grader.batch.parcel import Parcel, opened
from grader.sitting import warm

_IDLE = 60.0
"""Seconds after the last submission in which warm kernels stay: whoever sent it may be gone."""


class Desk:
    """Grades what it is brought, with warm kernels of its own."""

    def __init__(self, parcel: Parcel, *, idle: float = _IDLE) -> None:
        """Take what is graded by; nothing is opened yet.

        Args:
            parcel: The sitting.
            idle: Seconds without a submission after which kernels end.
        """
        self._parcel, self._idle = parcel, idle
        self._lock = Lock()
        self._open = ExitStack()
        self._bench: Bench | None = None
        self._busy = 0
        self._timer: Timer | None = None

    @property
    def is_open(self) -> bool:
        """Whether kernels are kept warm."""
        return self._bench is not None

    def grade(self, student: str, name: str, data: bytes) -> Finished:
        """Grade one notebook.

        Args:
            student: Whose, by key.
            name: The file's.
            data: What is in it.

        Raises:
            GraderError: The sitting cannot be opened on this machine.
        """
        bench = self._taken()
        try:
            return bench.grade(student, name, data)
        finally:
            self._left()

    def close(self) -> None:
        """End what is kept warm; whatever comes later opens it again."""
        with self._lock:
            self._forget()

    def _taken(self) -> Bench:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            if self._bench is None:
                warmed = self._open.enter_context(warm(opened(self._parcel)))
                self._bench = Bench.of(warmed)
            self._busy += 1
            return self._bench

    def _left(self) -> None:
        with self._lock:
            self._busy -= 1
            if not self._busy:
                self._timer = Timer(self._idle, self._close_if_idle)
                self._timer.daemon = True
                self._timer.start()

    def _close_if_idle(self) -> None:
        with self._lock:
            if not self._busy:
                self._forget()

    def _forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._bench = None
        self._open.close()
