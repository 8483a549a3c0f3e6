"""The labs that are installed: their stems, and the packages that hold their rubrics."""

import importlib.util
from collections.abc import Mapping
from importlib import metadata, resources
from pathlib import Path

# MERGED: The notebooks that come with a lab: the one to work in, an example, and a worked solution.
GROUP = "induction_lab_grader.labs"
_OURS = "induction-lab-grader"


def lab_packages() -> Mapping[str, str]:
    """Each lab's package, by the lab's stem."""
    return {point.name: point.value for point in metadata.entry_points(group=GROUP)}


def default_lab() -> str | None:
    """The lab that is meant where none is named; None where that cannot be told.

    It is the grader's own, so that installing another lab changes nothing; else the only one.
    """
    points = metadata.entry_points(group=GROUP)
    ours = {point.name for point in points if point.dist and point.dist.name == _OURS}
    meant = ours or set(points.names)
    return meant.pop() if len(meant) == 1 else None


EXAMPLE = "example_submission"
_NOTEBOOKS = "student_template"
_REFERENCE = "reference"
_WORKED = "worked"


def template(stem: str) -> bytes | None:
    """A notebook that students begin with; None where it is not installed.

    Args:
        stem: A lab's, whose notebook lies beside ours or beside its own rubric, or `EXAMPLE`.
    """
    for package in filter(None, (_NOTEBOOKS, lab_packages().get(stem))):
        source = resources.files(package) / f"{stem}.ipynb"
        if source.is_file():
            return source.read_bytes()
    return None


def worked_solution(lab: str) -> bytes | None:
    """The template with its answers filled in; None where it is not installed.

    Args:
        lab: Its stem; its solution lies beside the reference, or in a folder of its own package.
    """
    for package in filter(None, (_REFERENCE, lab_packages().get(lab))):
        spec = importlib.util.find_spec(package)  # found, and not imported
        for place in (spec and spec.submodule_search_locations) or ():
            path = Path(place) / _WORKED / f"{lab}.ipynb"
            if path.is_file():
                return path.read_bytes()
    return None
