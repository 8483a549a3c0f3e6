"""A folder of submissions: listed without following a link, read where it lies."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from grader.batch.discovery.source import (
    DEEPEST,
    FOLDER,
    LINK,
    MAX_ENTRIES,
    TOO_DEEP,
    Entry,
    is_left_out,
    numbered,
)
from grader.errors import SubmissionError
from grader.files.untrusted import ReadingError, read_regular, shown


class Folder:
    """A folder, listed once."""

    def __init__(self, path: Path, *, skip: Path | None = None) -> None:
        """List a folder.

        Args:
            path: The folder.
            skip: A folder that may be in it and holds no submissions: the results.

        Raises:
            SubmissionError: It cannot be listed, or holds too much.
        """
        self._path = path
        self._skip = skip.resolve() if skip is not None else None
        name = shown(str(path))
        found: list[Entry] = []
        try:
            for entry in self._walk():
                found.append(entry)
                if len(found) > MAX_ENTRIES:
                    raise SubmissionError(
                        f"{name} holds more than {MAX_ENTRIES:,} files: "
                        "give a folder with nothing but submissions in it."
                    )
        except OSError as error:
            raise SubmissionError(f"Cannot read {name}: {error.strerror or error}.") from error
        self.entries = numbered(found)

    def read(self, entry: Entry, limit: float) -> bytes:
        """What is in a file of at most this size.

        Raises:
            ReadingError: It cannot be read; says why.
        """
        return read_regular(self.keep(entry, limit), limit, follow=False)

    def keep(self, entry: Entry, limit: float) -> Path:  # noqa: ARG002 (who reads it has a limit)
        """The file's own path.

        Raises:
            ReadingError: It cannot be read; says why.
        """
        if entry.trouble is not None:
            raise ReadingError(entry.trouble)
        return self._path.joinpath(*self.entries[entry.number].parts)

    def _walk(self) -> Iterator[Entry]:
        """Everything in it, folders before what they hold."""
        pending: list[tuple[str, ...]] = [()]
        while pending:
            parts = pending.pop()
            try:
                with os.scandir(self._path.joinpath(*parts)) as listing:
                    for item in listing:
                        entry = _entry((*parts, item.name), item)
                        if is_left_out((item.name,)) or self._is_skipped(entry):
                            continue
                        yield entry
                        if entry.folder and entry.trouble in {None, FOLDER}:
                            pending.append(entry.parts)
            except OSError as error:
                if not parts:
                    raise
                yield _unreadable(parts, error)

    def _is_skipped(self, entry: Entry) -> bool:
        path = self._path.joinpath(*entry.parts)
        return self._skip is not None and entry.folder and path.resolve() == self._skip


def _entry(parts: tuple[str, ...], item: os.DirEntry[str]) -> Entry:
    try:
        mode = item.stat(follow_symlinks=False).st_mode
    except OSError as error:
        return _unreadable(parts, error)
    return Entry(parts=parts, folder=stat.S_ISDIR(mode), trouble=_trouble(parts, mode))


def _unreadable(parts: tuple[str, ...], error: OSError) -> Entry:
    return Entry(parts=parts, trouble=error.strerror or type(error).__name__)


def _trouble(parts: tuple[str, ...], mode: int) -> str | None:
    if stat.S_ISLNK(mode):
        return LINK
    if stat.S_ISDIR(mode):
        if len(parts) > DEEPEST:
            return TOO_DEEP
        return FOLDER if parts[-1].lower().endswith(".ipynb") else None
    return None if stat.S_ISREG(mode) else "it is not a file"
