"""What a folder or a zip holds, by name: nothing is read before a layout has told whose it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from grader.files.untrusted import shown

MAX_ENTRIES = 100_000
"""Files and folders; a course of a thousand has less, and their list fits in memory."""
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_LEFT_OUT = frozenset({"__MACOSX", "__pycache__"})
DEEPEST = 30
TOO_DEEP = "it lies too deep in folders"
LINK = "it is a link, which is not followed"
FOLDER = "it is a folder, not a notebook's file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file or a folder."""

    parts: tuple[str, ...]
    """The names on the way to it; at first from the top, for a layout from the student's folder."""
    number: int = -1
    """Its place in its source."""
    folder: bool = False
    trouble: str | None = None
    """Why it cannot be read."""

    @property
    def name(self) -> str:
        """Its own name."""
        return self.parts[-1]

    @property
    def is_notebook(self) -> bool:
        """Whether it is called a notebook, be it one or not."""
        return self.name.lower().endswith(".ipynb")

    @property
    def is_archive(self) -> bool:
        """Whether it is called a packed file, which is never opened within another."""
        return not self.folder and self.name.lower().endswith(_ARCHIVES)

    @property
    def called(self) -> str:
        """Its name for a message."""
        return shown("/".join(self.parts))


class Source(Protocol):
    """A folder or a zip."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that it holds, but for what is left out everywhere."""

    def read(self, entry: Entry, limit: float) -> bytes:
        """What is in a file of at most this size.

        Raises:
            ReadingError: It cannot be read; says why.
        """

    def keep(self, entry: Entry, limit: float) -> Path:
        """A path where the file can be read from now on.

        Raises:
            ReadingError: It cannot be read; says why.
        """


Tops = Mapping[str, tuple[Entry, ...]]
"""What lies at the top, by name, each with all that is in it."""


def numbered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries in the order of their names, each with its place."""
    ordered = sorted(entries, key=lambda entry: entry.parts)
    return tuple(replace(entry, number=i) for i, entry in enumerate(ordered))


def is_left_out(parts: Iterable[str]) -> bool:
    """Whether it is something no student hands in: hidden, a checkpoint, or the system's own."""
    return any(part.startswith(".") or part in _LEFT_OUT for part in parts)


def by_top(entries: Iterable[Entry]) -> Tops:
    """Entries by the top-level file or folder they are (in), sorted."""
    tops: dict[str, list[Entry]] = {}
    for entry in entries:
        tops.setdefault(entry.parts[0], []).append(entry)
    return {name: tuple(tops[name]) for name in sorted(tops)}


def is_folder(top: Iterable[Entry]) -> bool:
    """Whether what lies at the top is a folder."""
    return any(entry.folder or len(entry.parts) > 1 for entry in top)


def inside(top: Iterable[Entry]) -> tuple[Entry, ...]:
    """What a top-level folder holds, named from there; the folder itself where it is in trouble."""
    return tuple(_inside(top))


def _inside(top: Iterable[Entry]) -> Iterator[Entry]:
    for entry in top:
        if len(entry.parts) > 1:
            yield replace(entry, parts=entry.parts[1:])
        elif entry.trouble is not None:
            yield entry
