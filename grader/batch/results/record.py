"""The result of one submission: ``submission.json`` and, in memory, the files beside it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.batch.discovery.student_files import StudentFiles
from grader.batch.gradebook import State
from grader.errors import GraderError
from grader.files.escape import printable

MAX_BYTES = 2**20
"""Maximum size of a ``submission.json``."""
_SCHEMA = "induction-lab-grader/submission/2"
_EARLIER_SCHEMA = "induction-lab-grader/submission/1"


class EarlierVersionError(GraderError):
    """A ``submission.json`` was written by an earlier version of the grader."""


class SubmissionResult(BaseModel):
    """The result of one submission of a batch.

    Its file is written last of a student's files: a submission without one has not been finished.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_id: str = _SCHEMA
    student: str
    """The student's key."""
    name: str = ""
    """The student's full name, or the key."""
    notebook: str = ""
    """File name of the notebook; empty if there was none."""
    state: State
    reason: str = ""
    """One line: why the submission was not graded."""
    notebook_sha256: str = ""
    """Digest of the notebook's bytes, or of the reason why there are none."""
    config_sha256: str = ""
    """Digest of everything it was graded by (`GradingFingerprint`)."""
    submitted: datetime | None = None
    late: bool = False
    seconds: float = 0.0
    """Time from the notebook's bytes to the report."""
    notes: tuple[str, ...] = ()
    files: Mapping[str, bytes] = Field(default_factory=dict, exclude=True, repr=False)
    """Files to store beside ``submission.json``, by name; empty once it is read back."""
    score: float | None = Field(default=None, exclude=True)
    """Points of a report that was just made; None once it is read back."""
    total: float = Field(default=0.0, exclude=True)
    """Points possible."""

    def of_student(self, files: StudentFiles, *, config_sha256: str) -> Self:
        """Return the result completed with what the batch knows about the student.

        Args:
            files: The student's files, read.
            config_sha256: Digest of everything the batch is graded by.
        """
        return self.model_copy(
            update={
                "student": files.student,
                "name": files.name,
                "notebook": files.filename,
                "notebook_sha256": files.sha256,
                "config_sha256": config_sha256,
                "submitted": files.submitted,
                "late": files.late,
                "notes": files.notes,
            }
        )

    def to_json(self) -> str:
        """Return the text of ``submission.json``; surrogates of odd file names become escapes."""
        return json.dumps(self.model_dump(mode="json"), indent=2) + "\n"

    @classmethod
    def from_json(cls, data: bytes, *, name: str = "submission.json") -> Self | None:
        """Parse a ``submission.json``.

        Args:
            data: The file's bytes.
            name: The file's path, for the message.

        Returns:
            The result, or None if the file is damaged: then the submission is graded again.

        Raises:
            EarlierVersionError: An earlier version of the grader wrote it.
        """
        try:
            node = json.loads(data)
            schema = node["schema_id"]
            if schema == _SCHEMA:
                return cls.model_validate(node | {"files": {}, "score": None, "total": 0.0})
        except (ValidationError, ValueError, KeyError, TypeError, RecursionError):
            return None
        if schema == _EARLIER_SCHEMA:
            raise EarlierVersionError(f"{printable(name)} is of an earlier version: grade again.")
        return None
