"""All kinds of packages, by the name that ``grade package`` takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.integrations.packages.classroom50 import to_classroom50
from grader.integrations.packages.contents import PackageContents
from grader.integrations.packages.coursera import to_coursera
from grader.integrations.packages.files import Files
from grader.integrations.packages.gradescope import to_gradescope
from grader.integrations.packages.prairielearn import to_prairielearn
from grader.integrations.packages.student import to_student


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A kind of package."""

    make_files: Callable[[PackageContents], Files]
    """Arranges the contents as files."""
    includes_hidden_keys: bool
    """True if hidden keys are packed; never where students can read the package."""
    time_limit: float = 600
    """Usual time limit of the platform, in seconds."""
    next_step: str
    """Instructions for the instructor: what to do with the package."""


PACKAGES: Mapping[str, Package] = {
    "gradescope": Package(
        make_files=to_gradescope,
        includes_hidden_keys=True,
        next_step="Upload it under Configure Autograder.",
    ),
    "prairielearn": Package(
        make_files=to_prairielearn,
        includes_hidden_keys=True,
        next_step="Unpack it, build the image in image/ (its Dockerfile says how) and copy "
        "questions/ "
        "into the course.",
    ),
    "coursera": Package(
        make_files=to_coursera,
        includes_hidden_keys=True,
        time_limit=900,
        next_step="Unpack it, build the image there (its Dockerfile says how) and upload the "
        "image.",
    ),
    "classroom50": Package(
        make_files=to_classroom50,
        includes_hidden_keys=False,
        time_limit=900,
        next_step="Unpack it into the assignment's folder of autograders. It has no hidden probes, "
        "because students can read that folder.",
    ),
    "student": Package(
        make_files=to_student, includes_hidden_keys=False, next_step="Give it to your students."
    ),
}
