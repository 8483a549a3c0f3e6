"""What an export is asked for, and what comes of it."""

from dataclasses import dataclass
from datetime import datetime

from grader.gradebooks.matching import Matching


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is written besides grades."""

    lab: str
    """The lab's short name."""
    title: str
    total: float
    """What the lab is out of."""
    assignment: str | None = None
    """The column's title or id, where one was named."""
    match: str | None = None
    """The roster's column to match by, where one was named."""
    due: datetime | None = None

    @property
    def called(self) -> str:
        """The assignment's title in the gradebook."""
        return self.title if self.assignment is None else self.assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A gradebook's file."""

    data: bytes
    students: int
    """Rows of students in it."""
    filled: int
    """Those of them that have a number of ours."""
    matching: Matching
    notes: tuple[str, ...] = ()
    """What an instructor must know before importing it, a line each."""
