"""Detects saves of a notebook, debouncing editors that write a file in pieces."""

from pathlib import Path
from time import monotonic

from grader.errors import SubmissionError
from grader.rubric.sections import Limits
from grader.submission.read import Submission, read_submission

PATIENCE = 1.0
"""Seconds that a file may be missing or broken before the error is reported."""

_FileState = tuple[int, ...] | None


class WatchedFile:
    """Reports each save of a notebook once."""

    def __init__(self, path: Path, limits: Limits, *, patience: float = PATIENCE) -> None:
        """Watch a file; its current content is reported as the first save.

        Args:
            limits: Size limits of the notebook.
            patience: Seconds until an error is reported.
        """
        self._path, self._limits, self._patience = path, limits, patience
        self._reported: _FileState = ()
        self._broken: _FileState = ()
        self._broken_since = 0.0

    def poll(self) -> Submission | SubmissionError | None:
        """Return a new notebook, or the error that makes the file unusable; each only once."""
        state = self._state()
        if state == self._reported:
            return None
        try:
            change: Submission | SubmissionError = read_submission(self._path, self._limits)
        except SubmissionError as error:
            if state != self._broken:
                self._broken, self._broken_since = state, monotonic()
            if monotonic() - self._broken_since < self._patience:
                return None
            change = error
        self._reported, self._broken = state, ()
        return change

    def _state(self) -> _FileState:
        """Return values that change with every save; None if there is no file."""
        try:
            status = self._path.stat()
        except (OSError, ValueError):
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
