"""How late a submission is and what that costs. Pure: the only times are its arguments."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.batch.late_policy import YEARS, LatePolicy

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
