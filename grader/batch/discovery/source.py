"""Names of everything in a folder or zip: no file is read before its student is known."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from grader.files.escape import printable

MAX_ENTRIES = 100_000
"""Maximum number of files and folders: more than a course of a thousand has, and cheap to list."""
MAX_DEPTH = 30
TOO_DEEP = "it lies too deep in folders"
IS_LINK = "it is a link, which is not followed"
IS_FOLDER = "it is a folder, not a notebook's file"
_ARCHIVE_SUFFIXES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_IGNORED_NAMES = frozenset({"__MACOSX", "__pycache__"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """A file or a folder in a source."""

    parts: tuple[str, ...]
    """Path components: from the top of the source, or from the student's folder in a layout."""
    index: int = -1
    """Index in `SubmissionSource.entries`."""
    folder: bool = False
    problem: str | None = None
    """The reason why it cannot be read."""

    @property
    def name(self) -> str:
        """The last path component."""
        return self.parts[-1]

    @property
    def is_notebook(self) -> bool:
        """True if it has a notebook's file name, whatever is in it."""
        return self.name.lower().endswith(".ipynb")

    @property
    def is_archive(self) -> bool:
        """True if it has an archive's file name; nested archives are never opened."""
        return not self.folder and self.name.lower().endswith(_ARCHIVE_SUFFIXES)

    @property
    def display_path(self) -> str:
        """The path, made printable for a message."""
        return printable("/".join(self.parts))


class SubmissionSource(Protocol):
    """A folder or a zip that holds submissions."""

    @property
    def entries(self) -> tuple[FileEntry, ...]:
        """All files and folders, except those that are always ignored."""

    def read(self, entry: FileEntry, limit: float) -> bytes:
        """Return the content of a file of at most `limit` bytes.

        Raises:
            ReadingError: It cannot be read; the message is the reason.
        """

    def extract(self, entry: FileEntry, limit: float) -> Path:
        """Return a path where the file can be read from now on.

        Raises:
            ReadingError: It cannot be read; the message is the reason.
        """


TopLevel = Mapping[str, tuple[FileEntry, ...]]
"""Top-level files and folders by name, each with the entries in it."""


def with_index(entries: Iterable[FileEntry]) -> tuple[FileEntry, ...]:
    """Sort entries by path and number them."""
    ordered = sorted(entries, key=lambda entry: entry.parts)
    return tuple(replace(entry, index=i) for i, entry in enumerate(ordered))


def is_ignored(parts: Iterable[str]) -> bool:
    """Return True for hidden files, checkpoints and files of the operating system."""
    return any(part.startswith(".") or part in _IGNORED_NAMES for part in parts)


def group_by_top_level(entries: Iterable[FileEntry]) -> TopLevel:
    """Group entries by the top-level file or folder that they are or lie in, sorted by name."""
    tops: dict[str, list[FileEntry]] = {}
    for entry in entries:
        tops.setdefault(entry.parts[0], []).append(entry)
    return {name: tuple(tops[name]) for name in sorted(tops)}


def is_folder(top: Iterable[FileEntry]) -> bool:
    """Return True if a top-level group is a folder."""
    return any(entry.folder or len(entry.parts) > 1 for entry in top)


def strip_top(top: Iterable[FileEntry]) -> tuple[FileEntry, ...]:
    """Return the entries of a top-level folder, relative to it.

    The folder itself stays among them if it cannot be read.
    """
    return tuple(_strip_top(top))


def _strip_top(top: Iterable[FileEntry]) -> Iterator[FileEntry]:
    for entry in top:
        if len(entry.parts) > 1:
            yield replace(entry, parts=entry.parts[1:])
        elif entry.problem is not None:
            yield entry
