"""One student's grade, as any gradebook takes it."""

from dataclasses import dataclass
from datetime import datetime

from grader.reading import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What a submission earned in the end, and whose it is."""

    student: str
    """The key that the submission came with: an id where there was one, else a name."""
    name: str = ""
    score: float | None = None
    """What counts: overrides and lateness applied. None where nothing was judged, never zero."""
    total: float = 100.0
    """What the lab is out of."""
    raw: float | None = None
    """The score before lateness; None as above."""
    state: str = "graded"
    reason: str = ""
    """Why there is no score, in a few words."""
    notes: tuple[str, ...] = ()
    submitted: datetime | None = None
    feedback: tuple[str, ...] = ()
    """What the student may read, in lines of plain text."""

    @property
    def label(self) -> str:
        """The student in a message's line."""
        named = f" ({shown(self.name)})" if self.name and self.name != self.student else ""
        return shown(self.student) + named
