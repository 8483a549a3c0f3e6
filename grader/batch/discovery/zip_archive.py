"""A zip of submissions: its listing is validated, and unpacked bytes are counted.

Students make zips too, so neither names nor sizes in a zip are trusted: the listing is checked for
path traversal (zip slip), links, encryption and duplicates, and unpacking for zip bombs.
"""

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
    IS_FOLDER,
    IS_LINK,
    MAX_DEPTH,
    MAX_ENTRIES,
    TOO_DEEP,
    FileEntry,
    is_ignored,
    with_index,
)
from grader.batch.results.store import RESERVED
from grader.errors import GraderError, SubmissionError
from grader.files.escape import printable
from grader.files.untrusted import FileReadError, TooLargeError

MAX_DIRECTORY_BYTES = 2**23
"""Maximum size of a zip's central directory; in memory it takes ten times as much."""
MAX_UNPACKED_BYTES = 8 * 2**30
MAX_RATIO = 200
"""Maximum compression ratio: a notebook shrinks to a twentieth at best, a zip bomb to far less."""
_RATIO_CHECKED_FROM = 2**24
"""Unpacked size from which on the ratio is checked."""
_CHUNK_BYTES = 2**16
_MAX_NAME_BYTES = 255
_MAX_STEM_BYTES = 100
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED_FLAG = 0x1
_UTF8_FLAG = 0x800
_PATH_TRAVERSAL = re.compile(r"\A[/\\]|\A[A-Za-z]:|[\\\0]|(?:\A|/)\.\.(?:/|\Z)")
_SEPARATORS = re.compile(r"[/\\\0]")
_INVALID_FILENAME_CHARS = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff]')
_DUPLICATE = "the zip holds it twice"
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
)
"""Everything that zipfile raises for a damaged zip."""


class ZipEntry(NamedTuple):
    """A file or folder in a zip's central directory."""

    entry: FileEntry
    info: zipfile.ZipInfo


def list_zip(archive: zipfile.ZipFile) -> list[ZipEntry]:
    """List a zip's central directory, each entry with its problem; ignored files are left out."""
    return [found for info in archive.infolist() if (found := _zip_entry(info)) is not None]


def is_encrypted(info: zipfile.ZipInfo) -> bool:
    """Return True if the entry needs a password."""
    return bool(info.flag_bits & _ENCRYPTED_FLAG)


def with_duplicates_marked(listed: Sequence[FileEntry]) -> list[FileEntry]:
    """Return every entry once, add unlisted parent folders, and mark duplicates as unreadable."""
    readable = [entry for entry in listed if entry.problem is None]
    files = Counter(entry.parts for entry in readable if not entry.folder)
    folders = {entry.parts for entry in readable if entry.folder}
    for entry in readable:
        folders |= {entry.parts[:depth] for depth in range(1, len(entry.parts))}
    for parts in folders & files.keys():
        files[parts] += 1
    return [
        *(entry for entry in listed if entry.problem is not None),
        *(_folder_entry(parts) for parts in sorted(folders - files.keys())),
        *(
            FileEntry(parts=parts, problem=_DUPLICATE if times > 1 else None)
            for parts, times in sorted(files.items())
        ),
    ]


def _zip_entry(info: zipfile.ZipInfo) -> ZipEntry | None:
    """Build an entry from its name and flags; None if it is ignored."""
    name = _decode_name(info)
    parts = tuple(part for part in _SEPARATORS.split(name) if part not in {"", ".", ".."})
    if not parts or is_ignored(parts):
        return None
    folder = name.endswith("/") or stat.S_ISDIR(info.external_attr >> 16)
    entry = FileEntry(parts=parts, folder=folder)
    return ZipEntry(replace(entry, problem=_name_problem(name, entry, info)), info)


def _decode_name(info: zipfile.ZipInfo) -> str:
    """Decode a name as UTF-8 if possible: many programs write UTF-8 without setting the flag."""
    if info.flag_bits & _UTF8_FLAG:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode()
    except ValueError:
        return info.orig_filename


def _name_problem(name: str, entry: FileEntry, info: zipfile.ZipInfo) -> str | None:
    if _PATH_TRAVERSAL.search(name):
        return "its name in the zip leads out of the student's folder"
    if len(entry.parts) > MAX_DEPTH:
        return TOO_DEEP
    if any(len(part.encode("utf-8", "replace")) > _MAX_NAME_BYTES for part in entry.parts):
        return f"its name is longer than {_MAX_NAME_BYTES} bytes"
    if stat.S_ISLNK(info.external_attr >> 16):
        return IS_LINK
    return None if entry.folder else _format_problem(info)


def _format_problem(info: zipfile.ZipInfo) -> str | None:
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        return "it is not a file"
    if is_encrypted(info):
        return "it is encrypted"
    return None if info.compress_type in _METHODS else "it is packed in a way that is not read here"


def _folder_entry(parts: tuple[str, ...]) -> FileEntry:
    entry = FileEntry(parts=parts, folder=True)
    return replace(entry, problem=IS_FOLDER) if entry.is_notebook else entry


class _DirectoryTooLargeError(ValueError):
    """The zip's central directory is too large."""


class _BoundedReader(io.BufferedReader):
    """The zip's file: counts the bytes read and limits the size of the central directory."""

    bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read so many bytes, or the rest of the file."""
        wanted = MAX_DIRECTORY_BYTES + 1 if size is None or size < 0 else size
        if wanted > MAX_DIRECTORY_BYTES + 1:
            raise _DirectoryTooLargeError
        data = super().read(wanted)
        self.bytes_read += len(data)
        return data


class ZipArchive:
    """A submission source: an open zip, of which only chosen notebooks are unpacked."""

    def __init__(self, path: Path, unpack_into: Path) -> None:
        """Open and list a zip.

        Args:
            path: The zip.
            unpack_into: A private folder for unpacked files.

        Raises:
            SubmissionError: It is no zip, is damaged or encrypted, or holds too many files.
        """
        name = printable(str(path))
        try:
            self._file = _BoundedReader(io.FileIO(path))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise SubmissionError(f"Cannot read {name}: {why}.") from error
        try:
            self._zip = _open_zip(self._file, name)
        except BaseException:
            self._file.close()
            raise
        listed = list_zip(self._zip)
        self._unpack_into = unpack_into
        self._unpacked_bytes = 0
        self._paths: dict[int, Path] = {}
        self._infos = {entry.parts: info for entry, info in listed if entry.problem is None}
        self.entries = with_index(with_duplicates_marked([entry for entry, _ in listed]))

    def close(self) -> None:
        """Close the zip's file."""
        self._zip.close()
        self._file.close()

    def read(self, entry: FileEntry, limit: float) -> bytes:
        """Return the content of a file of at most `limit` bytes, counted while unpacking.

        Raises:
            ReadingError: It cannot be read; the message is the reason.
        """
        if entry.problem is not None:
            raise FileReadError(entry.problem)
        try:
            return b"".join(self._chunks(self._infos[self.entries[entry.index].parts], limit))
        except FileReadError:
            raise
        except _ZIP_ERRORS as error:
            raise FileReadError("it is damaged in the zip") from error

    def extract(self, entry: FileEntry, limit: float) -> Path:
        """Unpack a file and return its path.

        Raises:
            ReadingError: It cannot be read; the message is the reason.
            GraderError: It cannot be written.
        """
        if entry.index in self._paths:
            return self._paths[entry.index]
        data = self.read(entry, limit)
        self._unpacked_bytes += len(data)
        if self._unpacked_bytes > MAX_UNPACKED_BYTES:
            size = MAX_UNPACKED_BYTES >> 30
            raise FileReadError(f"the zip holds more than {size} GB: grade it in parts")
        filename = _safe_filename(self.entries[entry.index].name)
        path = self._unpack_into / f"{entry.index:06d}" / filename
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            raise GraderError(
                f"Cannot write {printable(str(path))}: {error.strerror or error}."
            ) from error
        self._paths[entry.index] = path
        return path

    def _chunks(self, info: zipfile.ZipInfo, limit: float) -> Iterator[bytes]:
        size, read_before = 0, self._file.bytes_read
        with self._zip.open(info) as file:
            while chunk := file.read(_CHUNK_BYTES):
                size += len(chunk)
                if size > limit:
                    raise TooLargeError(f"it is larger than {limit / 2**20:g} MB")
                packed = self._file.bytes_read - read_before
                if size > max(_RATIO_CHECKED_FROM, MAX_RATIO * packed):
                    raise FileReadError("it is packed more tightly than any notebook: a zip bomb")
                yield chunk


def _open_zip(file: _BoundedReader, name: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except _DirectoryTooLargeError as error:
        raise _too_many_files(name) from error
    except _ZIP_ERRORS as error:
        raise SubmissionError(
            f"{name} is not a zip, or is damaged: "
            "download it again, or unzip it and give the folder."
        ) from error
    if len(archive.infolist()) > MAX_ENTRIES:
        raise _too_many_files(name)
    files = [info for info in archive.infolist() if not info.filename.endswith("/")]
    if files and all(map(is_encrypted, files)):
        raise SubmissionError(
            f"{name} is encrypted: unzip it with its password, and give the folder."
        )
    return archive


def _too_many_files(name: str) -> SubmissionError:
    return SubmissionError(
        f"{name} holds more files than any course hands in: give a zip of submissions only."
    )


def _safe_filename(notebook: str) -> str:
    """Return a file name that every file system accepts, close to the original."""
    path = PurePosixPath(_INVALID_FILENAME_CHARS.sub("_", notebook))
    stem = path.stem.encode()[:_MAX_STEM_BYTES].decode("utf-8", "ignore")
    reserved = stem.partition(".")[0].lower() in RESERVED
    return f"_{stem}{path.suffix}" if reserved else f"{stem}{path.suffix}"
