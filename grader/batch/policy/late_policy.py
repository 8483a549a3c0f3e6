"""The late policy: reads ``late.yaml``, and computes how late a submission is and what that costs.

Every mistake in the file is reported with its line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import isfinite
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

from grader.files.escape import printable
from grader.files.student_keys import StudentKey, normalize_key
from grader.files.yaml_document import Problem, parse_yaml, problems_from, read_text
from grader.rubric.sections import Part

VALID_YEARS = range(1971, 3000)
"""Times in other years are mistakes: an unset clock or a typing error."""
LATE_BY_UNKNOWN_TIME = "late by an unknown time"
_KIND = "late policy"
_EXAMPLE = "2026-03-01T23:59:00+01:00"
_MAX_EXTRA_DAYS = 3650
_DAY = timedelta(days=1)
_PERCENT = 100.0


def _parse_deadline(value: object) -> datetime:
    """Parse a time with an offset into UTC, where arithmetic is safe from clock changes."""
    try:
        time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        text = "give a date, a time and an offset, as {example}"
        raise PydanticCustomError("moment", text, {"example": _EXAMPLE}) from None
    if time.utcoffset() is None:
        text = "no time zone: add the offset, as {example}"
        raise PydanticCustomError("offset", text, {"example": _EXAMPLE})
    if time.year not in VALID_YEARS:
        raise PydanticCustomError("year", "the year must be from 1971 to 2999")
    return time.astimezone(UTC)


def _parse_extension(value: object) -> datetime | timedelta:
    """Parse a due date or a number of extra days."""
    try:
        days = float(str(value))
    except ValueError:
        return _parse_deadline(value)
    if not (isfinite(days) and 0 <= days <= _MAX_EXTRA_DAYS):
        text = "extra days must be from 0 to {most}"
        raise PydanticCustomError("days", text, {"most": _MAX_EXTRA_DAYS})
    return timedelta(days=days)


def _check_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        text = "no such time zone is known here: give one like Europe/Berlin, or none"
        raise PydanticCustomError("zone", text) from None
    return name


Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class LatePolicy(Part):
    """The due date and the penalty for each day late."""

    due: Annotated[datetime, PlainValidator(_parse_deadline)]
    """The due date, with its offset from UTC."""
    time_zone: Annotated[str, AfterValidator(_check_time_zone)] | None = None
    """Time zone, such as Europe/Berlin, in which days end at the due time; None: after 24 h."""
    grace_minutes: Annotated[float, Field(ge=0, le=525_600, allow_inf_nan=False)] = 0
    """Minutes that are not yet late; days are counted from their end."""
    percent_of_maximum_per_day: Percent
    """Penalty for each day begun, in percent of the points possible."""
    floor_percent_of_earned: Percent = 0
    """Percentage of the points earned that a late submission keeps at least."""
    zero_after_days: Annotated[int, Field(ge=0)] | None = None
    """Number of days after which a submission earns nothing, whatever the floor."""
    extensions: Mapping[
        StudentKey, Annotated[datetime | timedelta, PlainValidator(_parse_extension)]
    ] = {}
    """Extensions by student: a due date, or a number of extra days."""

    def extension(self, student: str) -> datetime | timedelta | None:
        """Return a student's extension."""
        granted = {normalize_key(name): extension for name, extension in self.extensions.items()}
        return granted.get(normalize_key(student))

    def deadline(self, student: str) -> datetime:
        """Return a student's due date in UTC."""
        extension = self.extension(student)
        if isinstance(extension, timedelta):
            return self.add_days(self.due, extension)
        return extension or self.due

    def add_days(self, time: datetime, days: timedelta) -> datetime:
        """Add days on the clock of the policy's time zone; the result is in UTC."""
        zone: tzinfo = UTC if self.time_zone is None else ZoneInfo(self.time_zone)
        return (time.astimezone(zone) + days).astimezone(UTC)

    def unknown_students(self, students: Iterable[str]) -> tuple[str, ...]:
        """Return a warning for every extension of a student without a submission."""
        known = {normalize_key(student) for student in students}
        return tuple(
            f"The late policy has an extension for {printable(name)}, who has no submission."
            for name in self.extensions
            if normalize_key(name) not in known
        )


def read_late_policy(path: Path) -> LatePolicy:
    """Read ``late.yaml``.

    Raises:
        RubricError: It cannot be read, or it has mistakes; every one is listed with its line.
    """
    return parse_late_policy(read_text(path, kind=_KIND), name=str(path))


def parse_late_policy(text: str, *, name: str = "late.yaml") -> LatePolicy:
    """Parse and validate the text of a late policy.

    Raises:
        RubricError: It has mistakes; every one is listed with its line.
    """
    document = parse_yaml(text, name=name, kind=_KIND, keep_text=True)
    data = document.mapping()
    problems = document.repeated_keys()
    try:
        policy = LatePolicy.model_validate(data)
    except ValidationError as error:
        raise document.error(problems + problems_from(error)) from error
    problems += _check_extensions(policy)
    if problems:
        raise document.error(problems)
    return policy


def _check_extensions(policy: LatePolicy) -> list[Problem]:
    """Report extensions that end before the due date."""
    return [
        (("extensions", student), "this is before the due date")
        for student, extension in policy.extensions.items()
        if isinstance(extension, datetime) and extension < policy.due
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """The late policy applied to one submission."""

    days: int | None
    """Days begun after the deadline; None if the time of submission is unknown."""
    penalty: float = 0.0
    """Penalty in percent of the points possible."""
    floor: float = 0.0
    """Percentage of the points earned that is kept at least."""
    reason: str = ""
    """Short reason for the penalty; empty if there is none."""
    review: bool = False
    """True if a person has to decide."""

    def final_score(self, score: float, maximum: float) -> float:
        """Subtract the penalty from a score; the result is between zero and the score."""
        reduced = score - maximum * self.penalty / _PERCENT
        left = max(reduced, score * self.floor / _PERCENT, 0.0)
        return round(min(score, left), 4)


def lateness(
    submitted: datetime | None, policy: LatePolicy, *, student: str, marked_late: bool = False
) -> Lateness:
    """Compute how late a submission is and what that costs.

    Args:
        submitted: Time of submission with a time zone, if it is known.
        policy: The course's late policy.
        student: The student's key, for extensions.
        marked_late: True if the platform calls it late; ignored if the time is known.
    """
    if submitted is None or submitted.utcoffset() is None or submitted.year not in VALID_YEARS:
        reason = LATE_BY_UNKNOWN_TIME if marked_late else ""
        return Lateness(days=None, reason=reason, review=marked_late)
    days = _days_late(submitted, policy, policy.deadline(student))
    if days == 0:
        return Lateness(days=0)
    extended = " after the extension" if policy.extension(student) is not None else " late"
    late = f"{days} day{'s' * (days != 1)}{extended}"
    if policy.zero_after_days is not None and days > policy.zero_after_days:
        return Lateness(days=days, penalty=_PERCENT, reason=f"{late}: too late to count")
    penalty = min(_PERCENT, days * policy.percent_of_maximum_per_day)
    floor = policy.floor_percent_of_earned
    reason = f"{late}: {penalty:g} % of the maximum"
    if floor:
        reason += f", {floor:g} % of the points earned stay"
    return Lateness(days=days, penalty=penalty, floor=floor, reason=reason)


def _days_late(submitted: datetime, policy: LatePolicy, deadline: datetime) -> int:
    """Count the days begun after a deadline in UTC and the grace period."""
    grace = timedelta(minutes=policy.grace_minutes)
    late = submitted - deadline - grace
    if late <= timedelta(0):
        return 0
    days = max(1, late // _DAY)  # a clock change adds one more at most
    while policy.add_days(deadline, days * _DAY) + grace < submitted:
        days += 1
    return days
