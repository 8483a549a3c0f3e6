"""A platform's container: the paths it uses, its limits, and its metadata on the submission."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from grader.files.escape import escape_line

_DAY = timedelta(days=1)
_HOUR, _MINUTE = 3600, 60
_COURSERA = "shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerPaths:
    """A platform's paths, relative to the container's root, and its limits."""

    format: str
    """Result format, as in `grader.integrations.results.registry.FORMATS`."""
    submission: str
    """Folder of the submitted files."""
    result: str
    """File to write the result to; its folder may not exist yet."""
    time_limit: float
    """Default time limit, after which the platform stops the container."""
    metadata_file: str | None = None
    """File with the platform's metadata on the submission."""
    user_variable: str | None = None
    """Environment variable that names the student."""
    failure_exit_code: int = 0
    """Exit code that tells the platform that the grader failed."""


CONTAINER_PATHS: Mapping[str, ContainerPaths] = {
    "gradescope": ContainerPaths(
        format="gradescope",
        submission="autograder/submission",
        result="autograder/results/results.json",
        time_limit=600,
        metadata_file="autograder/submission_metadata.json",
    ),
    "prairielearn": ContainerPaths(
        format="prairielearn",
        submission="grade/student",
        result="grade/results/results.json",
        time_limit=600,
    ),
    "coursera": ContainerPaths(
        format="coursera",
        submission=f"{_COURSERA}/submission",
        result=f"{_COURSERA}/feedback.json",
        time_limit=900,
        user_variable="userId",
        failure_exit_code=1,
    ),
    "classroom50": ContainerPaths(
        format="classroom50",
        submission=".",
        result="result.json",
        time_limit=900,
        user_variable="USERNAME",
        failure_exit_code=1,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionMetadata:
    """The submission's author and times; None where the platform does not say."""

    student: str | None = None
    submitted: datetime | None = None
    due: datetime | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """A note on lateness, if any; penalties are left to the platform."""
        if self.submitted is None or self.due is None or self.submitted <= self.due:
            return ()
        late = _format_delay(self.submitted - self.due)
        return (f"Handed in {late} late; any late penalty is left to the platform.",)


def from_gradescope(data: bytes) -> SubmissionMetadata:
    """Read Gradescope's ``submission_metadata.json``; unreadable parts become None."""
    content = _as_mapping(_parse_json(data))
    assignment = _as_mapping(content.get("assignment"))
    users = content.get("users")
    names = [_name(_as_mapping(user)) for user in users] if isinstance(users, list) else []
    return SubmissionMetadata(
        student=", ".join(filter(None, names)) or None,
        submitted=_parse_time(content.get("created_at")),
        due=_parse_time(assignment.get("due_date")),
    )


def from_environment(environment: Mapping[str, str], variable: str) -> SubmissionMetadata:
    """Read the student's name from an environment variable."""
    return SubmissionMetadata(student=escape_line(environment.get(variable, "")) or None)


def _name(user: Mapping[str, Any]) -> str:
    return escape_line(str(user.get("name") or user.get("email") or user.get("id") or ""))


def _parse_json(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _as_mapping(node: object) -> Mapping[str, Any]:
    return node if isinstance(node, dict) else {}


def _parse_time(node: object) -> datetime | None:
    """Parse a time with a UTC offset; times without one cannot be compared."""
    try:
        time = datetime.fromisoformat(str(node))
    except ValueError:
        return None
    return time if time.tzinfo else None


def _format_delay(delay: timedelta) -> str:
    hours, minutes = delay.seconds // _HOUR, delay.seconds % _HOUR // _MINUTE
    if delay >= _DAY:
        return f"{delay.days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{max(1, minutes)} min"
