"""A zip of submissions: what is read of it is counted as it is unpacked, and kept one by one."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grader.batch.contents import is_encrypted, listed, whole
from grader.batch.entries import MAX_ENTRIES, Entry, numbered
from grader.batch.folder_name import RESERVED
from grader.errors import GraderError, SubmissionError
from grader.reading import ReadingError, TooLargeError, shown

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
