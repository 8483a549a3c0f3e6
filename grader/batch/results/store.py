"""The folder that a batch's results are kept in: whole files only, a record last of all."""

import contextlib
import hashlib
import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from grader.answer_key.file import write_atomically
from grader.batch.results.observations import Stored, StoredError, from_npz
from grader.batch.results.record import MAX_BYTES, Record
from grader.charts import Picture
from grader.charts.model import to_json as kept
from grader.errors import GraderError
from grader.files.untrusted import ReadingError, read_regular, shown
from grader.render.html import to_html
from grader.render.json import to_json
from grader.report.model import Report

# MERGED: A student's key as the name of a folder, on any file system.
# MERGED: A report in the forms that it is read in.
_AS_IT_IS = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}")
_OURS = re.compile(r".*-[0-9a-f]{16}")
_OTHERS = re.compile(r"[^A-Za-z0-9_]+")
RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""No folder has such a name on Windows."""
_LONGEST = 60


def folder_name(student: str) -> str:
    """A folder's name for a student: at most 80 bytes, plain, and no other student's.

    That holds where upper and lower case are one, too. A key of small letters, digits, ``-`` and
    ``_`` stays as it is, and no name that is made has a dot in it, so none is a file's. Any other
    key keeps what is plain in it, and gets a digest of all of it.
    """
    if (
        _AS_IT_IS.fullmatch(student)
        and student not in RESERVED
        and not _OURS.fullmatch(student)  # or it could be what another student's was made into
    ):
        return student
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    letters = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
    kept = _OTHERS.sub("_", letters)[:_LONGEST].strip("_")
    return f"{kept or 'student'}-{digest[:16]}"


RECORD, REPORT, PAGE = "submission.json", "report.json", "report.html"
PICTURES = "pictures.json"
STORED, EXECUTED = "observations.npz", "executed.ipynb"
BATCH = "batch.json"
_LOCK, _UNPACKED = ".lock", ".unpacked"
_MAX_REPORT = 2**26
_MAX_STORED = 2**28


class Results:
    """Reads and writes one results folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it need not be there yet."""
        self.folder = folder

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Write to it alone; made if it is not there.

        Raises:
            GraderError: It cannot be made or written to, or another grader writes to it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / _LOCK).open("w")
        except OSError as error:
            raise self.trouble(error) from error
        with lock:
            if not _locked(lock):
                raise GraderError(
                    f"Another grader writes to {shown(str(self.folder))}: wait for it to end."
                )
            yield

    @contextlib.contextmanager
    def unpacking(self) -> Iterator[Path]:
        """A folder for what is unpacked: what a killed grader left there goes with the next one.

        Raises:
            GraderError: It cannot be made.
        """
        own = self.folder / _UNPACKED
        try:
            shutil.rmtree(own, ignore_errors=True)
            own.mkdir(mode=0o700)
        except OSError as error:
            raise self.trouble(error) from error
        try:
            yield own
        finally:
            shutil.rmtree(own, ignore_errors=True)

    def of(self, student: str) -> Path:
        """The folder of one student's results."""
        return self.folder / folder_name(student)

    def record(self, student: str) -> Record | None:
        """How a student's submission ended; None where it has not, or cannot be told."""
        with contextlib.suppress(ReadingError):
            found = Record.from_json(read_regular(self.of(student) / RECORD, MAX_BYTES))
            return found if found and found.student == student else None
        return None

    def records(self) -> Iterator[Record]:
        """Of all submissions that have ended, by the names of their folders."""
        with contextlib.suppress(OSError):
            for path in sorted(self.folder.glob(f"*/{RECORD}")):
                with contextlib.suppress(ReadingError):
                    if found := Record.from_json(read_regular(path, MAX_BYTES)):
                        yield found

    def stored(self, student: str) -> Stored | None:
        """What is kept of a submission that has run; None where none has.

        Raises:
            StoredError: It is damaged.
        """
        path = self.of(student) / STORED
        if not path.exists():
            return None
        try:
            data = read_regular(path, _MAX_STORED)
        except ReadingError as error:
            raise StoredError(f"{shown(str(path))} cannot be read: {error}.") from error
        return from_npz(data, name=str(path))

    def report(self, student: str) -> dict[str, Any] | None:
        """A student's report as JSON; None where there is none."""
        with contextlib.suppress(ValueError):
            found = json.loads(self.text(student, REPORT))
            return found if isinstance(found, dict) else None
        return None

    def text(self, student: str, name: str) -> bytes:
        """One of a student's files; empty where there is none."""
        with contextlib.suppress(ReadingError):
            return read_regular(self.of(student) / name, _MAX_REPORT)
        return b""

    def replace(self, student: str, name: str, data: bytes) -> None:
        """Write one of a finished student's files anew.

        Raises:
            GraderError: There is no room, or it cannot be written.
        """
        self._write(self.of(student) / name, data)

    def keep(self, record: Record, files: Mapping[str, bytes]) -> None:
        """Write what became of a submission: finished only once all of it is there.

        Args:
            record: How it ended.
            files: What else is kept, by the names of files.

        Raises:
            GraderError: There is no room, or it cannot be written.
        """
        own = self.of(record.student)
        try:
            own.mkdir(exist_ok=True)
            (own / RECORD).unlink(missing_ok=True)
            for path in own.iterdir():  # of an earlier run, whole or not
                if path.name not in files and path.is_file():
                    path.unlink()
            for name, data in files.items():
                write_atomically(own / name, data)
            write_atomically(own / RECORD, record.to_json().encode())
        except OSError as error:
            raise self.trouble(error) from error

    def write(self, name: str, data: bytes) -> None:
        """Write a file about the whole batch, whole.

        Args:
            name: The file's.
            data: What is in it.

        Raises:
            GraderError: There is no room, or it cannot be written.
        """
        self._write(self.folder / name, data)

    def whole(self, name: str) -> bytes:
        """A file about the whole batch; empty where there is none."""
        with contextlib.suppress(ReadingError):
            return read_regular(self.folder / name, _MAX_REPORT)
        return b""

    def batch(self) -> dict[str, Any]:
        """What is known of the batch; nothing where none has begun.

        Raises:
            GraderError: It is there and cannot be read.
        """
        path = self.folder / BATCH
        if not path.exists():
            return {}
        try:
            found = json.loads(read_regular(path, _MAX_REPORT))
        except (ReadingError, ValueError) as error:
            raise GraderError(
                f"{shown(str(path))} cannot be read: remove it, and all submissions run again."
            ) from error
        return found if isinstance(found, dict) else {}

    def _write(self, path: Path, data: bytes) -> None:
        try:
            write_atomically(path, data)
        except OSError as error:
            raise self.trouble(error) from error

    def trouble(self, error: OSError) -> GraderError:
        """What is wrong with the folder, and what to do."""
        return GraderError(
            f"Cannot write to {shown(str(self.folder))}: {error.strerror or error}. What is there "
            "is kept: make it writable, with room, and give the same command again."
        )


def _locked(file: IO[str]) -> bool:
    """Whether the lock is ours; it goes with our process, however that ends."""
    if sys.platform == "win32":
        return True
    import fcntl  # noqa: PLC0415 (not on Windows)

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def pages_of(report: Report, pictures: Sequence[Picture] = ()) -> dict[str, bytes]:
    """A report as files, by their names.

    Args:
        report: What there is to say.
        pictures: What there is to see.
    """
    return {
        REPORT: to_json(report).encode(),
        PICTURES: kept(pictures),
        PAGE: to_html(report, pictures).encode(),
    }
