"""One submission of a batch, as it was found."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one student handed in: a notebook to grade, or the reason why there is none.

    The student's key and name are data, with whatever characters they came with.
    """

    student: str
    """The platform's id of the student, or else the folder's or file's name; no two are alike."""
    name: str
    """The full name where the platform gives it, to be shown."""
    notebook: Path | None
    refusal: str | None = None
    """One line, where there is no notebook that could be graded."""
    late: bool = False
    """Whether the platform marked it as late."""
    submitted: datetime | None = None
    """When it was handed in, in UTC, where the platform says so."""
    notes: tuple[str, ...] = ()
    """One line each."""
