"""A folder of submissions: listed without following links, and read in place."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from grader.batch.discovery.source import (
    IS_FOLDER,
    IS_LINK,
    MAX_DEPTH,
    MAX_ENTRIES,
    TOO_DEEP,
    FileEntry,
    is_ignored,
    with_index,
)
from grader.errors import SubmissionError
from grader.files.escape import printable
from grader.files.untrusted import FileReadError, read_bounded


class Folder:
    """A submission source: a folder, listed once."""

    def __init__(self, path: Path, *, skip: Path | None = None) -> None:
        """List a folder.

        Args:
            path: The folder.
            skip: A subfolder to leave out: the results folder.

        Raises:
            SubmissionError: It cannot be listed, or holds too many files.
        """
        self._path = path
        self._skip = skip.resolve() if skip is not None else None
        name = printable(str(path))
        entries: list[FileEntry] = []
        try:
            for entry in self._walk():
                entries.append(entry)
                if len(entries) > MAX_ENTRIES:
                    raise SubmissionError(
                        f"{name} holds more than {MAX_ENTRIES:,} files: "
                        "give a folder with nothing but submissions in it."
                    )
        except OSError as error:
            raise SubmissionError(f"Cannot read {name}: {error.strerror or error}.") from error
        self.entries = with_index(entries)

    def read(self, entry: FileEntry, limit: float) -> bytes:
        """Return the content of a file of at most `limit` bytes.

        Raises:
            ReadingError: It cannot be read; the message is the reason.
        """
        return read_bounded(self.extract(entry, limit), limit, follow=False)

    def extract(self, entry: FileEntry, limit: float) -> Path:  # noqa: ARG002 (the reader limits it)
        """Return the file's own path.

        Raises:
            ReadingError: It cannot be read; the message is the reason.
        """
        if entry.problem is not None:
            raise FileReadError(entry.problem)
        return self._path.joinpath(*self.entries[entry.index].parts)

    def _walk(self) -> Iterator[FileEntry]:
        """Yield everything in the folder, parents before their children."""
        pending: list[tuple[str, ...]] = [()]
        while pending:
            parts = pending.pop()
            try:
                with os.scandir(self._path.joinpath(*parts)) as listing:
                    for item in listing:
                        entry = _entry((*parts, item.name), item)
                        if is_ignored((item.name,)) or self._is_skipped(entry):
                            continue
                        yield entry
                        if entry.folder and entry.problem in {None, IS_FOLDER}:
                            pending.append(entry.parts)
            except OSError as error:
                if not parts:
                    raise
                yield _unreadable(parts, error)

    def _is_skipped(self, entry: FileEntry) -> bool:
        path = self._path.joinpath(*entry.parts)
        return self._skip is not None and entry.folder and path.resolve() == self._skip


def _entry(parts: tuple[str, ...], item: os.DirEntry[str]) -> FileEntry:
    try:
        mode = item.stat(follow_symlinks=False).st_mode
    except OSError as error:
        return _unreadable(parts, error)
    return FileEntry(parts=parts, folder=stat.S_ISDIR(mode), problem=_problem(parts, mode))


def _unreadable(parts: tuple[str, ...], error: OSError) -> FileEntry:
    return FileEntry(parts=parts, problem=error.strerror or type(error).__name__)


def _problem(parts: tuple[str, ...], mode: int) -> str | None:
    if stat.S_ISLNK(mode):
        return IS_LINK
    if stat.S_ISDIR(mode):
        if len(parts) > MAX_DEPTH:
            return TOO_DEEP
        return IS_FOLDER if parts[-1].lower().endswith(".ipynb") else None
    return None if stat.S_ISREG(mode) else "it is not a file"
