"""Finds installed labs and their notebooks: template, example submission and worked solution.

A lab's short name is the base name of its files. An entry point registers the Python package that
holds its rubric.
"""

import importlib.util
from collections.abc import Mapping
from importlib import metadata, resources
from pathlib import Path

from grader.protocol.installation import DISTRIBUTION

ENTRY_POINT_GROUP = "induction_lab_grader.labs"
"""Entry-point group in which labs are registered."""
EXAMPLE = "example_submission"
"""Base name of the example submission's notebook."""
_NOTEBOOKS = "student_template"
_REFERENCE = "reference"
_WORKED = "worked"


def lab_packages() -> Mapping[str, str]:
    """Return the Python package of each installed lab, by the lab's name."""
    return {point.name: point.value for point in metadata.entry_points(group=ENTRY_POINT_GROUP)}


def default_lab() -> str | None:
    """Return the lab to use if none is named, or None if there are several candidates.

    The grader's own lab takes precedence, so that installing another one changes nothing.
    """
    points = metadata.entry_points(group=ENTRY_POINT_GROUP)
    bundled = {point.name for point in points if point.dist and point.dist.name == DISTRIBUTION}
    candidates = bundled or set(points.names)
    return candidates.pop() if len(candidates) == 1 else None


def read_notebook(stem: str) -> bytes | None:
    """Read a notebook for students; None if it is not installed.

    Args:
        stem: Name of a lab, whose notebook may also lie beside its rubric, or `EXAMPLE`.
    """
    for package in filter(None, (_NOTEBOOKS, lab_packages().get(stem))):
        source = resources.files(package) / f"{stem}.ipynb"
        if source.is_file():
            return source.read_bytes()
    return None


def read_worked_solution(lab: str) -> bytes | None:
    """Read a lab's template with the answers filled in; None if it is not installed.

    It lies in a folder ``worked`` of the reference solution's package or of the lab's own.
    """
    for package in filter(None, (_REFERENCE, lab_packages().get(lab))):
        spec = importlib.util.find_spec(package)  # without importing the package
        for location in (spec and spec.submodule_search_locations) or ():
            path = Path(location) / _WORKED / f"{lab}.ipynb"
            if path.is_file():
                return path.read_bytes()
    return None
