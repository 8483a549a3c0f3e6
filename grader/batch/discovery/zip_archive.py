"""A zip of submissions: what is read of it is counted as it is unpacked, and kept one by one."""

import io
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

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
from grader.batch.results.store import RESERVED
from grader.errors import GraderError, SubmissionError
from grader.files.untrusted import ReadingError, TooLargeError, shown

# MERGED: What a zip's list of contents says, by rules that no zip can bend: students make zips, too.
_LONGEST_NAME = 255
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_UTF8 = 0x800
_LEADS_AWAY = re.compile(r"\A[/\\]|\A[A-Za-z]:|[\\\0]|(?:\A|/)\.\.(?:/|\Z)")
_STEPS = re.compile(r"[/\\\0]")
_TWICE = "the zip holds it twice"


class Listed(NamedTuple):
    """A file or folder of a zip."""

    entry: Entry
    info: zipfile.ZipInfo


def listed(archive: zipfile.ZipFile) -> list[Listed]:
    """What a zip lists, each with what is wrong with it; what no student hands in is left out."""
    return [found for info in archive.infolist() if (found := _listed(info)) is not None]


def is_encrypted(info: zipfile.ZipInfo) -> bool:
    """Whether it takes a password."""
    return bool(info.flag_bits & _ENCRYPTED)


def _listed(info: zipfile.ZipInfo) -> Listed | None:
    """An entry by what its name and flags say; None where it is no student's."""
    name = _text(info)
    parts = tuple(part for part in _STEPS.split(name) if part not in {"", ".", ".."})
    if not parts or is_left_out(parts):
        return None
    folder = name.endswith("/") or stat.S_ISDIR(info.external_attr >> 16)
    entry = Entry(parts=parts, folder=folder)
    return Listed(replace(entry, trouble=_trouble(name, entry, info)), info)


def _text(info: zipfile.ZipInfo) -> str:
    """A name as it was meant: many programs write UTF-8 and do not say so."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode()
    except ValueError:
        return info.orig_filename


def _trouble(name: str, entry: Entry, info: zipfile.ZipInfo) -> str | None:
    if _LEADS_AWAY.search(name):
        return "its name in the zip leads out of the student's folder"
    if len(entry.parts) > DEEPEST:
        return TOO_DEEP
    if any(len(part.encode("utf-8", "replace")) > _LONGEST_NAME for part in entry.parts):
        return f"its name is longer than {_LONGEST_NAME} bytes"
    if stat.S_ISLNK(info.external_attr >> 16):
        return LINK
    return None if entry.folder else _unreadable(info)


def _unreadable(info: zipfile.ZipInfo) -> str | None:
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        return "it is not a file"
    if is_encrypted(info):
        return "it is encrypted"
    return None if info.compress_type in _METHODS else "it is packed in a way that is not read here"


def whole(listed: Sequence[Entry]) -> list[Entry]:
    """Every entry once, and the folders that the zip does not list; a file twice is neither."""
    sound = [entry for entry in listed if entry.trouble is None]
    files = Counter(entry.parts for entry in sound if not entry.folder)
    folders = {entry.parts for entry in listed if entry.folder and entry.trouble is None}
    for entry in sound:
        folders |= {entry.parts[:depth] for depth in range(1, len(entry.parts))}
    for parts in folders & files.keys():
        files[parts] += 1
    return [
        *(entry for entry in listed if entry.trouble is not None),
        *(_named(parts) for parts in sorted(folders - files.keys())),
        *(Entry(parts=p, trouble=_TWICE if n > 1 else None) for p, n in sorted(files.items())),
    ]


def _named(folder: tuple[str, ...]) -> Entry:
    """A folder; in trouble where it is called a notebook."""
    entry = Entry(parts=folder, folder=True)
    return replace(entry, trouble=FOLDER) if entry.is_notebook else entry


MAX_DIRECTORY = 2**23
"""Bytes of a zip's list of contents; in memory it takes ten times as much."""
MAX_TAKEN = 8 * 2**30
MAX_RATIO = 200
"""A notebook shrinks to a twentieth at best; what shrinks to less is made to fill a disk."""
_LONGEST_STEM = 100
_SMALL = 2**24
_CHUNK = 2**16
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
)
_ON_NO_DISK = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff]')


class _TooLongError(ValueError):
    """The list of contents is longer than any course's."""


class _Counted(io.BufferedReader):
    """The zip's file: knows how much of it was read, and gives no more than a list may take."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """So many bytes, or all that are left."""
        wanted = MAX_DIRECTORY + 1 if size is None or size < 0 else size
        if wanted > MAX_DIRECTORY + 1:
            raise _TooLongError
        data = super().read(wanted)
        self.taken += len(data)
        return data


class Archive:
    """An open zip; nothing of it is on disk until a file of it is kept."""

    def __init__(self, path: Path, into: Path) -> None:
        """List a zip.

        Args:
            path: The zip.
            into: A private folder for what is kept.

        Raises:
            SubmissionError: It is no zip, is damaged or encrypted, or holds too much.
        """
        name = shown(str(path))
        try:
            self._file = _Counted(io.FileIO(path))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise SubmissionError(f"Cannot read {name}: {why}.") from error
        try:
            self._zip = _opened(self._file, name)
        except BaseException:
            self._file.close()
            raise
        found = listed(self._zip)
        self._into = into
        self._kept = 0
        self._paths: dict[int, Path] = {}
        self._infos = {entry.parts: info for entry, info in found if entry.trouble is None}
        self.entries = numbered(whole([entry for entry, _ in found]))

    def close(self) -> None:
        """Close the zip's file."""
        self._zip.close()
        self._file.close()

    def read(self, entry: Entry, limit: float) -> bytes:
        """What is in a file of at most this size, as it turns out when it is unpacked.

        Raises:
            ReadingError: It cannot be read; says why.
        """
        if entry.trouble is not None:
            raise ReadingError(entry.trouble)
        try:
            return b"".join(self._chunks(self._infos[self.entries[entry.number].parts], limit))
        except ReadingError:
            raise
        except _BROKEN as error:
            raise ReadingError("it is damaged in the zip") from error

    def keep(self, entry: Entry, limit: float) -> Path:
        """Unpack a file.

        Raises:
            ReadingError: It cannot be read; says why.
            GraderError: It cannot be written.
        """
        if entry.number in self._paths:
            return self._paths[entry.number]
        data = self.read(entry, limit)
        self._kept += len(data)
        if self._kept > MAX_TAKEN:
            raise ReadingError(f"the zip holds more than {MAX_TAKEN >> 30} GB: grade it in parts")
        path = self._into / f"{entry.number:06d}" / _file_name(self.entries[entry.number].name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            raise GraderError(
                f"Cannot write {shown(str(path))}: {error.strerror or error}."
            ) from error
        self._paths[entry.number] = path
        return path

    def _chunks(self, info: zipfile.ZipInfo, limit: float) -> Iterator[bytes]:
        size, before = 0, self._file.taken
        with self._zip.open(info) as file:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise TooLargeError(f"it is larger than {limit / 2**20:g} MB")
                if size > max(_SMALL, MAX_RATIO * (self._file.taken - before)):
                    raise ReadingError("it is packed more tightly than any notebook: a zip bomb")
                yield chunk


def _opened(file: _Counted, name: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except _TooLongError as error:
        raise _too_many(name) from error
    except _BROKEN as error:
        raise SubmissionError(
            f"{name} is not a zip, or is damaged: "
            "download it again, or unzip it and give the folder."
        ) from error
    if len(archive.infolist()) > MAX_ENTRIES:
        raise _too_many(name)
    files = [info for info in archive.infolist() if not info.filename.endswith("/")]
    if files and all(map(is_encrypted, files)):
        raise SubmissionError(
            f"{name} is encrypted: unzip it with its password, and give the folder."
        )
    return archive


def _too_many(name: str) -> SubmissionError:
    return SubmissionError(
        f"{name} holds more files than any course hands in: give a zip of submissions only."
    )


def _file_name(notebook: str) -> str:
    """The name of a notebook on any disk, near to what it was."""
    path = PurePosixPath(_ON_NO_DISK.sub("_", notebook))
    stem = path.stem.encode()[:_LONGEST_STEM].decode("utf-8", "ignore")
    reserved = stem.partition(".")[0].lower() in RESERVED
    return f"_{stem}{path.suffix}" if reserved else f"{stem}{path.suffix}"
