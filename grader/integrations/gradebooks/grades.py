"""One student's grade, as any gradebook takes it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from grader.files.untrusted import shown
from grader.render.csv import number


# MERGED: Scores as numbers of a gradebook: scaled to its maximum, cut where it would refuse them.
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


_NUMBER = re.compile(r"\s*(-?[0-9]+)(?:[.,]([0-9]+))?\s*")
_POINT, _COMMA = re.compile(r"-?[0-9]+\.[0-9]+"), re.compile(r"-?[0-9]+,[0-9]+")
_ROUNDING = 5e-5


def read_number(text: str) -> float | None:
    """A number of a gradebook, with a point or a comma; None where it is none."""
    found = _NUMBER.fullmatch(text)
    return float(f"{found[1]}.{found[2] or 0}") if found else None


def has_commas(cells: Iterable[str]) -> bool:
    """Whether these numbers have decimal commas, as far as one can see."""
    every = [cell.strip() for cell in cells]
    return any(map(_COMMA.fullmatch, every)) and not any(map(_POINT.fullmatch, every))


@dataclass(slots=True, kw_only=True)
class Amounts:
    """Turns scores into numbers, and notes what had to be done to them."""

    capped: bool
    """Whether the gradebook takes nothing above its maximum."""
    commas: bool = False
    _scaled: set[tuple[float, float]] = field(default_factory=set)
    _above: list[str] = field(default_factory=list)
    _below: list[str] = field(default_factory=list)

    def of(self, grade: Grade, maximum: float | None) -> float | None:
        """The number of a grade; None where there is none.

        Args:
            grade: The student's.
            maximum: What the gradebook's column is out of, where that is known.
        """
        if grade.score is None:
            return None
        value = grade.score
        if maximum and grade.total and abs(maximum - grade.total) > _ROUNDING:
            self._scaled.add((grade.total, maximum))
            value = value / grade.total * maximum
        most = maximum or grade.total
        if value > most + _ROUNDING:
            self._above.append(grade.label)
            value = most if self.capped else value
        if value < 0:
            self._below.append(grade.label)
        return round(max(0.0, value), 4)

    def text(self, value: float) -> str:
        """A number as the gradebook writes it."""
        return number(value).replace(".", ",") if self.commas else number(value)

    def said(self) -> tuple[str, ...]:
        """What was done, a line each."""
        lines = [
            f"Scores out of {number(total)} are scaled to the gradebook's {number(most)} points."
            for total, most in sorted(self._scaled)
        ]
        if self._above:
            done = "cut to it, which is all it takes" if self.capped else "kept, as a bonus is"
            lines.append(f"Above the maximum, and {done}: {'; '.join(self._above)}.")
        if self._below:
            lines.append(f"Below zero, and set to it: {'; '.join(self._below)}.")
        return tuple(lines)
