"""Where each platform's container has what was handed in, and where it looks for the result."""

from collections.abc import Mapping
from dataclasses import dataclass

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
