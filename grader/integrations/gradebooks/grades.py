"""A submission's grade, and its score as a gradebook's number: scaled, capped and formatted."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from grader.files.escape import printable
from grader.render.csv import format_points

_NUMBER = re.compile(r"\s*(-?[0-9]+)(?:[.,]([0-9]+))?\s*")
_WITH_POINT, _WITH_COMMA = re.compile(r"-?[0-9]+\.[0-9]+"), re.compile(r"-?[0-9]+,[0-9]+")
_ROUNDING_ERROR = 5e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A submission's final score and its student."""

    student: str
    """Key from the submission's source: an id if there was one, otherwise a name."""
    name: str = ""
    score: float | None = None
    """Score after overrides and late penalty; None, and never zero, if nothing was judged."""
    total: float = 100.0
    """Maximum score of the lab."""
    raw: float | None = None
    """Score before the late penalty; None if nothing was judged."""
    state: str = "graded"
    reason: str = ""
    """Short reason why there is no score."""
    notes: tuple[str, ...] = ()
    submitted: datetime | None = None
    feedback: tuple[str, ...] = ()
    """Plain-text lines for the student."""

    @property
    def label(self) -> str:
        """The student's key and name, for a message."""
        name = f" ({printable(self.name)})" if self.name and self.name != self.student else ""
        return printable(self.student) + name


def parse_number(text: str) -> float | None:
    """Parse a gradebook's number, with a decimal point or comma; None if it is not a number."""
    match = _NUMBER.fullmatch(text)
    return float(f"{match[1]}.{match[2] or 0}") if match else None


def uses_decimal_comma(cells: Iterable[str]) -> bool:
    """Return True if some numbers have a decimal comma and none has a decimal point."""
    texts = [cell.strip() for cell in cells]
    return any(map(_WITH_COMMA.fullmatch, texts)) and not any(map(_WITH_POINT.fullmatch, texts))


@dataclass(slots=True, kw_only=True)
class ScoreFormatter:
    """Converts scores to a gradebook's numbers, and records which were changed."""

    capped: bool
    """True if the gradebook rejects scores above its maximum."""
    decimal_comma: bool = False
    _scaled: set[tuple[float, float]] = field(default_factory=set)
    _above_maximum: list[str] = field(default_factory=list)
    _below_zero: list[str] = field(default_factory=list)

    def scale(self, grade: Grade, maximum: float | None) -> float | None:
        """Scale a grade's score to the column's maximum, if known; None if there is no score."""
        if grade.score is None:
            return None
        value = grade.score
        if maximum and grade.total and abs(maximum - grade.total) > _ROUNDING_ERROR:
            self._scaled.add((grade.total, maximum))
            value = value / grade.total * maximum
        limit = maximum or grade.total
        if value > limit + _ROUNDING_ERROR:
            self._above_maximum.append(grade.label)
            value = limit if self.capped else value
        if value < 0:
            self._below_zero.append(grade.label)
        return round(max(0.0, value), 4)

    def format(self, value: float) -> str:
        """Format a number as the gradebook writes it."""
        return (
            format_points(value).replace(".", ",") if self.decimal_comma else format_points(value)
        )

    def format_all(self, grades: Mapping[int, Grade], maximum: float | None) -> dict[int, str]:
        """Scale and format grades by row, without those that have no score."""
        values = {row: self.scale(grade, maximum) for row, grade in grades.items()}
        return {row: self.format(value) for row, value in values.items() if value is not None}

    def notes(self) -> tuple[str, ...]:
        """Return a note for each kind of change that was made to scores."""
        lines = [
            f"Scores out of {format_points(total)} are scaled to the gradebook's "
            f"{format_points(limit)} points."
            for total, limit in sorted(self._scaled)
        ]
        if self._above_maximum:
            done = "reduced to it, because the gradebook accepts no more"
            done = done if self.capped else "kept, since they may have a bonus"
            lines.append(f"Above the maximum, and {done}: {'; '.join(self._above_maximum)}.")
        if self._below_zero:
            lines.append(f"Below zero, and raised to zero: {'; '.join(self._below_zero)}.")
        return tuple(lines)
