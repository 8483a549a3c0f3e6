"""What lateness costs in a course: ``late.yaml``, every mistake in it reported with its line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import isfinite
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

from grader.batch.policy.student_keys import StudentKey, as_compared
from grader.files.untrusted import shown
from grader.files.yaml_document import Problem, invalid, parse, read_text
from grader.rubric.model import Part

# MERGED: How late a submission is and what that costs. Pure: the only times are its arguments.
YEARS = range(1971, 3000)
"""Times outside of these are no one's: an empty clock or a slip of the pen."""
_KIND = "late policy"
_EXAMPLE = "2026-03-01T23:59:00+01:00"
_MOST_DAYS = 3650


def _moment(value: object) -> datetime:
    """A time with its offset, in UTC: arithmetic within another zone ignores its clock changes."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        text = "give a date, a time and an offset, as {example}"
        raise PydanticCustomError("moment", text, {"example": _EXAMPLE}) from None
    if moment.utcoffset() is None:
        text = "no time zone: add the offset, as {example}"
        raise PydanticCustomError("offset", text, {"example": _EXAMPLE})
    if moment.year not in YEARS:
        raise PydanticCustomError("year", "the year must be from 1971 to 2999")
    return moment.astimezone(UTC)


def _extension(value: object) -> datetime | timedelta:
    """A due date of one's own, or extra days."""
    try:
        days = float(str(value))
    except ValueError:
        return _moment(value)
    if not (isfinite(days) and 0 <= days <= _MOST_DAYS):
        text = "extra days must be from 0 to {most}"
        raise PydanticCustomError("days", text, {"most": _MOST_DAYS})
    return timedelta(days=days)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        text = "no such time zone is known here: give one like Europe/Berlin, or none"
        raise PydanticCustomError("zone", text) from None
    return name


Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class LatePolicy(Part):
    """When submissions are due and what each late day takes."""

    due: Annotated[datetime, PlainValidator(_moment)]
    """With its offset from UTC."""
    time_zone: Annotated[str, AfterValidator(_zone)] | None = None
    """Where a day ends at the same time on the clock, as Europe/Berlin; without one after 24 h."""
    grace_minutes: Annotated[float, Field(ge=0, le=525_600, allow_inf_nan=False)] = 0
    """Late by no more than this is on time; days count from its end."""
    percent_of_maximum_per_day: Percent
    """What every started day takes, of the points that the lab is out of."""
    floor_percent_of_earned: Percent = 0
    """What lateness leaves at least, of the points earned."""
    zero_after_days: Annotated[int, Field(ge=0)] | None = None
    """Later than this many days earns nothing, whatever the floor."""
    extensions: Mapping[
        StudentKey, Annotated[datetime | timedelta, PlainValidator(_extension)]
    ] = {}
    """Students to due dates of their own, or to extra days."""

    def extension(self, student: str) -> datetime | timedelta | None:
        """What a student was granted."""
        granted = {as_compared(name): extension for name, extension in self.extensions.items()}
        return granted.get(as_compared(student))

    def deadline(self, student: str) -> datetime:
        """When a student's submission is due, in UTC."""
        extension = self.extension(student)
        if isinstance(extension, timedelta):
            return self.after(self.due, extension)
        return extension or self.due

    def after(self, moment: datetime, days: timedelta) -> datetime:
        """So many days later by the clock of the time zone, in UTC."""
        zone: tzinfo = UTC if self.time_zone is None else ZoneInfo(self.time_zone)
        return (moment.astimezone(zone) + days).astimezone(UTC)

    def strangers(self, students: Iterable[str]) -> tuple[str, ...]:
        """A line for every extension of someone of whom there is no submission."""
        known = {as_compared(student) for student in students}
        return tuple(
            f"The late policy has an extension for {shown(name)}, who has no submission."
            for name in self.extensions
            if as_compared(name) not in known
        )


def read_late_policy(path: Path) -> LatePolicy:
    """Read a policy's file.

    Raises:
        RubricError: It cannot be read, or it has mistakes; every one is listed with its line.
    """
    return parse_late_policy(read_text(path, kind=_KIND), name=str(path))


def parse_late_policy(text: str, *, name: str = "late.yaml") -> LatePolicy:
    """Parse and validate a policy's text.

    Raises:
        RubricError: Every mistake with its line, one a line.
    """
    document = parse(text, name=name, kind=_KIND, as_written=True)
    data = document.mapping()
    problems = document.repeated_keys()
    try:
        policy = LatePolicy.model_validate(data)
    except ValidationError as error:
        raise document.error(problems + invalid(error)) from error
    problems += _contradictions(policy)
    if problems:
        raise document.error(problems)
    return policy


def _contradictions(policy: LatePolicy) -> list[Problem]:
    """Extensions that shorten the time."""
    return [
        (("extensions", student), "this is before the due date")
        for student, extension in policy.extensions.items()
        if isinstance(extension, datetime) and extension < policy.due
    ]


UNKNOWN = "late by an unknown time"
_DAY = timedelta(days=1)
_ALL = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """What a late policy says of one submission."""

    days: int | None
    """Started days; None where the time is not known."""
    penalty: float = 0.0
    """Percent of the maximum that it takes."""
    floor: float = 0.0
    """Percent of the points earned that it leaves at least."""
    reason: str = ""
    """Why, in a few words; nothing where it costs nothing."""
    review: bool = False
    """Whether a person has to decide."""

    def final_score(self, score: float, maximum: float) -> float:
        """What is left of a score: never more than was earned, never less than nothing."""
        left = max(score - maximum * self.penalty / _ALL, score * self.floor / _ALL, 0.0)
        return round(min(score, left), 4)


def lateness(
    submitted: datetime | None, policy: LatePolicy, *, student: str, marked_late: bool = False
) -> Lateness:
    """How late a submission is, and what that costs.

    Args:
        submitted: When it was handed in, where that is known: with a time zone.
        policy: The course's.
        student: Whose it is, for extensions.
        marked_late: Whether the platform calls it late. Where the time is known it decides alone.
    """
    if submitted is None or submitted.utcoffset() is None or submitted.year not in YEARS:
        # No number is made up: a person looks when it was.
        return Lateness(days=None, reason=UNKNOWN if marked_late else "", review=marked_late)
    days = _started_days(submitted, policy, policy.deadline(student))
    if days == 0:
        return Lateness(days=0)
    extended = " after the extension" if policy.extension(student) is not None else " late"
    late = f"{days} day{'s' * (days != 1)}{extended}"
    if policy.zero_after_days is not None and days > policy.zero_after_days:
        return Lateness(days=days, penalty=_ALL, reason=f"{late}: too late to count")
    penalty = min(_ALL, days * policy.percent_of_maximum_per_day)
    floor = policy.floor_percent_of_earned
    reason = f"{late}: {penalty:g} % of the maximum"
    if floor:
        reason += f", {floor:g} % of the points earned stay"
    return Lateness(days=days, penalty=penalty, floor=floor, reason=reason)


def _started_days(submitted: datetime, policy: LatePolicy, deadline: datetime) -> int:
    """Days begun after the deadline and the grace; the deadline is in UTC."""
    grace = timedelta(minutes=policy.grace_minutes)
    late = submitted - deadline - grace
    if late <= timedelta(0):
        return 0
    days = max(1, late // _DAY)  # a change of the clocks makes it one more at most
    while policy.after(deadline, days * _DAY) + grace < submitted:
        days += 1
    return days
