"""Every package, by the name that ``grade package`` takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.integrations.packages.classroom50 import to_classroom50
from grader.integrations.packages.contents import Parts
from grader.integrations.packages.coursera import to_coursera
from grader.integrations.packages.files import Files
from grader.integrations.packages.gradescope import to_gradescope
from grader.integrations.packages.prairielearn import to_prairielearn
from grader.integrations.packages.student import to_student


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A kind of package."""

    files: Callable[[Parts], Files]
    hidden: bool
    """Whether hidden keys go into it: not where students can read them."""
    seconds: float = 600
    """The platform's time limit, if nothing else is said."""
    next: str
    """What to do with it."""


PACKAGES: Mapping[str, Package] = {
    "gradescope": Package(
        files=to_gradescope,
        hidden=True,
        next="Upload it under Configure Autograder.",
    ),
    "prairielearn": Package(
        files=to_prairielearn,
        hidden=True,
        next="Unpack it, build the image in image/ (its Dockerfile says how) and copy questions/ "
        "into the course.",
    ),
    "coursera": Package(
        files=to_coursera,
        hidden=True,
        seconds=900,
        next="Unpack it, build the image there (its Dockerfile says how) and upload that.",
    ),
    "classroom50": Package(
        files=to_classroom50,
        hidden=False,
        seconds=900,
        next="Unpack it into the assignment's folder of autograders; hidden probes are left out, "
        "since students can read what is there.",
    ),
    "student": Package(files=to_student, hidden=False, next="Give it to your students."),
}
