"""A notebook's file while an editor saves it: what is new, and what has gone wrong for good."""

from pathlib import Path
from time import monotonic

from grader.errors import SubmissionError
from grader.rubric.model import Limits
from grader.submission.read import Submission, read_submission

PATIENCE = 1.0
"""Seconds that a file may be missing or broken: editors write in pieces, or a new file in place."""

_Mark = tuple[int, ...] | None


class WatchedFile:
    """Looks whether a file has been saved since the last look."""

    def __init__(self, path: Path, limits: Limits, *, patience: float = PATIENCE) -> None:
        """Take the file; what it holds now is news.

        Args:
            path: The notebook.
            limits: Size limits.
            patience: Seconds until what cannot be read is told.
        """
        self._path, self._limits, self._patience = path, limits, patience
        self._seen: _Mark = ()
        self._doubtful: _Mark = ()
        self._since = 0.0

    def look(self) -> Submission | SubmissionError | None:
        """A notebook that is new, or why what is there is none, each told once."""
        mark = self._mark()
        if mark == self._seen:
            return None
        try:
            news: Submission | SubmissionError = read_submission(self._path, self._limits)
        except SubmissionError as error:
            if mark != self._doubtful:
                self._doubtful, self._since = mark, monotonic()
            if monotonic() - self._since < self._patience:
                return None
            news = error
        self._seen, self._doubtful = mark, ()
        return news

    def _mark(self) -> _Mark:
        """What changes with every save; None where there is no file."""
        try:
            status = self._path.stat()
        except (OSError, ValueError):
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
