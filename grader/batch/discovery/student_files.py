"""One student's files in a batch, and the notebook chosen from them."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from grader.batch.discovery.source import FileEntry, TopLevel
from grader.errors import SubmissionError
from grader.rubric.sections import Limits
from grader.submission.read import read_notebook_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentFiles:
    """One student's files and the notebook to grade, or the reason why there is none.

    A layout assigns the files to the student, `choose_notebook` chooses the notebook,
    `find_submissions` makes it readable, and `load` reads it once, so that the digest is of the
    bytes that are graded.
    The student's key and name are untrusted text.
    """

    student: str
    """The platform's id of the student, or else a folder's or file's name.

    Layouts may give two students the same key; `find_submissions` makes the keys unique.
    """
    name: str
    """The student's full name if the platform gives it, for display."""
    entries: tuple[FileEntry, ...] = ()
    """The files, with paths relative to the student's folder."""
    top: str = ""
    """The (first) top-level file or folder they came from, which tells equal keys apart."""
    from_platform: bool = False
    """True if a platform's own naming shows that they were submitted, whatever they are."""
    late: bool = False
    """True if the platform marked the submission as late."""
    submitted: datetime | None = None
    """Time of submission in UTC, if the platform gives it."""
    chosen: FileEntry | None = None
    """The notebook to grade, among `entries`."""
    notebook: Path | None = None
    """Path where that notebook can be read."""
    data: bytes = b""
    """The notebook's bytes, once they are loaded."""
    refusal: str | None = None
    """One line: why there is no notebook that could be graded."""
    notes: tuple[str, ...] = ()
    """Remarks for the instructor, one line each."""

    @property
    def filename(self) -> str:
        """The notebook's file name; empty if there is no notebook."""
        return self.notebook.name if self.notebook else ""

    @property
    def sha256(self) -> str:
        """Digest of the notebook's bytes, or of the reason why there are none."""
        if self.refusal is None:
            return hashlib.sha256(self.data).hexdigest()
        refusal = self.refusal.encode("utf-8", "surrogatepass")
        return hashlib.sha256(b"no notebook\0" + refusal).hexdigest()

    def load(self, limits: Limits) -> "StudentFiles":
        """Return the same with the notebook's bytes, or with the reason why it cannot be read."""
        if self.notebook is None:
            return replace(self, refusal=self.refusal or "there is no notebook")
        try:
            return replace(self, data=read_notebook_bytes(self.notebook, limits))
        except SubmissionError as error:
            return replace(self, refusal=str(error))


class GroupedFiles(NamedTuple):
    """Files that a platform's naming assigns to students, and the remaining ones."""

    students: tuple[StudentFiles, ...]
    rest: TopLevel
