"""Reads and writes a results folder.

Every file is written atomically, and a student's ``submission.json`` is written last: a folder
without one belongs to a submission that has not been finished.
"""

import contextlib
import hashlib
import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from grader.batch.results.observations import StoredRun, StoredRunError, decode_run, other_version
from grader.batch.results.record import MAX_BYTES, SubmissionResult
from grader.charts import Chart
from grader.charts.model import to_json as charts_to_json
from grader.errors import GraderError
from grader.files.atomic_write import write_atomically
from grader.files.escape import printable
from grader.files.untrusted import FileReadError, read_bounded
from grader.render.html import to_html
from grader.render.json import to_json
from grader.report.model import Report

RESULT_FILE, REPORT_FILE, PAGE_FILE = "submission.json", "report.json", "report.html"
CHARTS_FILE = "pictures.json"
STORED_RUN_FILE, EXECUTED_FILE = "observations.safetensors", "executed.ipynb"
BATCH_FILE = "batch.json"
RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""Names that Windows reserves for devices."""
_EARLIER_STORED = "observations.npz"
_LOCK, _TEMPORARY = ".lock", ".unpacked"
_MAX_REPORT_BYTES = 2**26
_MAX_STORED_BYTES = 2**28
_SAFE = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}")
_GENERATED = re.compile(r".*-[0-9a-f]{16}")
_UNSAFE_RUN = re.compile(r"[^A-Za-z0-9_]+")
_MAX_PREFIX = 60


def safe_dirname(student: str) -> str:
    """Return a directory name for a student: at most 80 bytes, safe on every file system.

    A key of lower-case letters, digits, ``-`` and ``_`` stays as it is. Any other key keeps its
    safe characters and gets a digest, so that two students never share a directory, even if the
    file system ignores case. No name contains a dot, so that it is never a file's.
    """
    if (
        _SAFE.fullmatch(student)
        and student not in RESERVED
        and not _GENERATED.fullmatch(student)  # it could be the name generated for another student
    ):
        return student
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    letters = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
    prefix = _UNSAFE_RUN.sub("_", letters)[:_MAX_PREFIX].strip("_")
    return f"{prefix or 'student'}-{digest[:16]}"


def report_files(report: Report, pictures: Sequence[Chart] = ()) -> dict[str, bytes]:
    """Return the report's files by name: JSON, the charts' data and the HTML page."""
    return {
        REPORT_FILE: to_json(report).encode(),
        CHARTS_FILE: charts_to_json(pictures),
        PAGE_FILE: to_html(report, pictures).encode(),
    }


class ResultsStore:
    """A results folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which need not exist yet."""
        self.folder = folder

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Create the folder if necessary, and lock it against other graders.

        Raises:
            GraderError: The folder cannot be written to, or another grader has locked it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / _LOCK).open("w")
        except OSError as error:
            raise self.write_error(error) from error
        with lock:
            if not _try_lock(lock):
                raise GraderError(
                    f"Another grader writes to {printable(str(self.folder))}: wait for it to end."
                )
            yield

    @contextlib.contextmanager
    def temp_dir(self) -> Iterator[Path]:
        """Provide an empty temporary folder; remove what a killed grader left in it before.

        Raises:
            GraderError: The folder cannot be created.
        """
        temporary = self.folder / _TEMPORARY
        try:
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(mode=0o700)
        except OSError as error:
            raise self.write_error(error) from error
        try:
            yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def student_dir(self, student: str) -> Path:
        """Return the folder of one student's results."""
        return self.folder / safe_dirname(student)

    def result(self, student: str) -> SubmissionResult | None:
        """Return a student's result; None if the submission has not ended, or the file is damaged.

        Raises:
            EarlierVersionError: An earlier version of the grader wrote it.
        """
        found = self._read_result(self.student_dir(student) / RESULT_FILE)
        return found if found and found.student == student else None

    def results(self) -> Iterator[SubmissionResult]:
        """Yield the results of all submissions that have ended, sorted by folder name.

        Raises:
            EarlierVersionError: An earlier version of the grader wrote one.
        """
        with contextlib.suppress(OSError):
            for path in sorted(self.folder.glob(f"*/{RESULT_FILE}")):
                if found := self._read_result(path):
                    yield found

    def stored_run(self, student: str) -> StoredRun | None:
        """Return a student's stored run; None if the notebook has not run.

        Raises:
            StoredError: It is damaged, or another version of the grader wrote it.
        """
        path = self.student_dir(student) / STORED_RUN_FILE
        if not path.exists():
            earlier = path.with_name(_EARLIER_STORED)
            if earlier.exists():
                raise other_version(str(earlier))
            return None
        try:
            data = read_bounded(path, _MAX_STORED_BYTES)
        except FileReadError as error:
            raise StoredRunError(f"{printable(str(path))} cannot be read: {error}.") from error
        return decode_run(data, name=str(path))

    def report(self, student: str) -> dict[str, Any] | None:
        """Return a student's report as JSON; None if there is none."""
        with contextlib.suppress(ValueError):
            found = json.loads(self.read_student_file(student, REPORT_FILE))
            return found if isinstance(found, dict) else None
        return None

    def read_student_file(self, student: str, name: str) -> bytes:
        """Read one of a student's files; empty if there is none."""
        with contextlib.suppress(FileReadError):
            return read_bounded(self.student_dir(student) / name, _MAX_REPORT_BYTES)
        return b""

    def rewrite_student_file(self, student: str, name: str, data: bytes) -> None:
        """Rewrite one of a finished student's files.

        Raises:
            GraderError: It cannot be written.
        """
        self._write(self.student_dir(student) / name, data)

    def save(self, result: SubmissionResult) -> None:
        """Write a submission's files; ``submission.json`` comes last, when all others are there.

        Raises:
            GraderError: There is no space, or it cannot be written.
        """
        folder = self.student_dir(result.student)
        try:
            folder.mkdir(exist_ok=True)
            (folder / RESULT_FILE).unlink(missing_ok=True)
            for path in folder.iterdir():  # left by an earlier run, complete or not
                if path.name not in result.files and path.is_file():
                    path.unlink()
            for name, data in result.files.items():
                write_atomically(folder / name, data)
            write_atomically(folder / RESULT_FILE, result.to_json().encode())
        except OSError as error:
            raise self.write_error(error) from error

    def write_batch_file(self, name: str, data: bytes) -> None:
        """Write a file of the whole batch.

        Raises:
            GraderError: It cannot be written.
        """
        self._write(self.folder / name, data)

    def read_batch_file(self, name: str) -> bytes:
        """Read a file of the whole batch; empty if there is none."""
        with contextlib.suppress(FileReadError):
            return read_bounded(self.folder / name, _MAX_REPORT_BYTES)
        return b""

    def read_batch_info(self) -> dict[str, Any]:
        """Return the contents of ``batch.json``; empty if no batch has begun.

        Raises:
            GraderError: The file cannot be read.
        """
        path = self.folder / BATCH_FILE
        if not path.exists():
            return {}
        try:
            found = json.loads(read_bounded(path, _MAX_REPORT_BYTES))
        except (FileReadError, ValueError) as error:
            raise GraderError(
                f"{printable(str(path))} cannot be read: remove it, and all submissions run again."
            ) from error
        return found if isinstance(found, dict) else {}

    def write_error(self, error: OSError) -> GraderError:
        """Return the error for a folder that cannot be written to, with what to do about it."""
        return GraderError(
            f"Cannot write to {printable(str(self.folder))}: {error.strerror or error}. What is "
            "there is kept: make it writable, with room, and give the same command again."
        )

    def _read_result(self, path: Path) -> SubmissionResult | None:
        try:
            return SubmissionResult.from_json(read_bounded(path, MAX_BYTES), name=str(path))
        except FileReadError:
            return None

    def _write(self, path: Path, data: bytes) -> None:
        try:
            write_atomically(path, data)
        except OSError as error:
            raise self.write_error(error) from error


def _try_lock(file: IO[str]) -> bool:
    """Lock a file; return False if another process has. The lock ends with this process."""
    if sys.platform == "win32":
        return True
    import fcntl  # noqa: PLC0415 (not on Windows)

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
