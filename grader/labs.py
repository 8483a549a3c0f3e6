"""The labs that are installed: their stems, and the packages that hold their rubrics."""

from collections.abc import Mapping
from importlib import metadata

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
