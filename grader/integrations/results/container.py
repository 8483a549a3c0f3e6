"""What a platform says about a submission: whose it is, and whether it came in time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from grader.render.escape import line

# MERGED: Where each platform's container has what was handed in, and where it looks for the result.
_DAY = timedelta(days=1)
_HOUR, _MINUTE = 3600, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """As far as the platform says it."""

    student: str | None = None
    submitted: datetime | None = None
    due: datetime | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said about lateness; what it costs is the platform's affair."""
        if self.submitted is None or self.due is None or self.submitted <= self.due:
            return ()
        return (f"Handed in {_long(self.submitted - self.due)} late; nothing is taken off here.",)


def of_gradescope(data: bytes) -> Metadata:
    """From Gradescope's ``submission_metadata.json``; what cannot be read is not known."""
    about = _mapping(_json(data))
    assignment = _mapping(about.get("assignment"))
    users = about.get("users")
    names = [_name(_mapping(user)) for user in users] if isinstance(users, list) else []
    return Metadata(
        student=", ".join(filter(None, names)) or None,
        submitted=_moment(about.get("created_at")),
        due=_moment(assignment.get("due_date")),
    )


def of_environment(names: Mapping[str, str], variable: str) -> Metadata:
    """From a variable of the environment that names the student."""
    return Metadata(student=line(names.get(variable, "")) or None)


def _name(user: Mapping[str, Any]) -> str:
    return line(str(user.get("name") or user.get("email") or user.get("id") or ""))


def _json(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _mapping(node: object) -> Mapping[str, Any]:
    return node if isinstance(node, dict) else {}


def _moment(node: object) -> datetime | None:
    """A time with its offset; without one it cannot be compared."""
    try:
        when = datetime.fromisoformat(str(node))
    except ValueError:
        return None
    return when if when.tzinfo else None


def _long(late: timedelta) -> str:
    hours, minutes = late.seconds // _HOUR, late.seconds % _HOUR // _MINUTE
    if late >= _DAY:
        return f"{late.days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{max(1, minutes)} min"


_COURSERA = "shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A platform's paths and limits, paths from the container's root."""

    format: str
    submission: str
    """The folder of what was handed in."""
    result: str
    """The file; its folder need not be there."""
    seconds: float
    """After which the platform ends everything, if nothing else is said."""
    metadata: str | None = None
    """The file of what the platform knows of the submission."""
    user: str | None = None
    """The environment's variable that says whose it is."""
    failure: int = 0
    """Exit code by which it knows that the grader's side has failed."""


PLACES: Mapping[str, Place] = {
    "gradescope": Place(
        format="gradescope",
        submission="autograder/submission",
        result="autograder/results/results.json",
        seconds=600,
        metadata="autograder/submission_metadata.json",
    ),
    "prairielearn": Place(
        format="prairielearn",
        submission="grade/student",
        result="grade/results/results.json",
        seconds=600,
    ),
    "coursera": Place(
        format="coursera",
        submission=f"{_COURSERA}/submission",
        result=f"{_COURSERA}/feedback.json",
        seconds=900,
        user="userId",
        failure=1,
    ),
    "classroom50": Place(
        format="classroom50",
        submission=".",
        result="result.json",
        seconds=900,
        user="USERNAME",
        failure=1,
    ),
}
