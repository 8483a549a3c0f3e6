"""What became of one submission of a batch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.batch.discovery.submission import HandedIn
from grader.batch.gradebook import State


# MERGED: What became of one submission: a small file beside its report, written last.
@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What became of one submission: texts, numbers and bytes, which travel."""

    state: State
    reason: str = ""
    seconds: float = 0.0
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What is kept of it, by the names of files."""
    score: float | None = None
    total: float = 0.0


_SCHEMA = "induction-lab-grader/submission/1"
MAX_BYTES = 2**20


class Record(BaseModel):
    """A submission in its final state; where there is none, it has not been finished."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_id: str = _SCHEMA
    student: str
    name: str = ""
    notebook: str = ""
    """The file's name; empty where there was none."""
    state: State
    reason: str = ""
    """Why it was not graded, in one line."""
    handed_in: str
    """Digest of what was handed in."""
    graded_by: str
    """Digest of all that it was graded by."""
    submitted: datetime | None = None
    late: bool = False
    seconds: float = 0.0
    """From its file to its report."""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, handed: HandedIn, finished: Finished, *, graded_by: str) -> Self:
        """The record of a submission that has ended.

        Args:
            handed: The submission.
            finished: How it ended.
            graded_by: Digest of all that it was graded by.
        """
        found = handed.found
        return cls(
            student=found.student,
            name=found.name,
            notebook=handed.name,
            state=finished.state,
            reason=finished.reason,
            seconds=finished.seconds,
            handed_in=handed.digest,
            graded_by=graded_by,
            submitted=found.submitted,
            late=found.late,
            notes=found.notes,
        )

    def to_json(self) -> str:
        """As it is written; surrogates of odd file names survive as escapes."""
        return json.dumps(self.model_dump(mode="json"), indent=2) + "\n"

    @classmethod
    def from_json(cls, data: bytes) -> Self | None:
        """The record, or None where there is nothing to rely on: the submission is run again.

        Args:
            data: What is in the file.
        """
        try:
            node = json.loads(data)
            return cls.model_validate(node) if node["schema_id"] == _SCHEMA else None
        except (ValidationError, ValueError, KeyError, TypeError, RecursionError):
            return None
