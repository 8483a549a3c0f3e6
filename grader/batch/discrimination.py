"""Whether a criterion tells those who did well from those who did not. Pure."""

from collections.abc import Sequence
from statistics import StatisticsError, correlation

LITTLE = 0.1
"""Below this it says little about the rest; below zero, better students lose it."""
FEWEST = 3
_DIGITS = 6


def discrimination(item: Sequence[float], rest: Sequence[float]) -> float | None:
    """The corrected item-total correlation, from -1 to 1.

    Args:
        item: Each student's share of one criterion's points.
        rest: Their scores without that criterion, in the same order.

    Returns:
        None where there are too few, or where all got the same: there is nothing to tell apart.
    """
    if len(item) < FEWEST:
        return None
    try:
        # What adding up left behind is no difference between students.
        found = correlation(*([round(number, _DIGITS) for number in side] for side in (item, rest)))
    except StatisticsError:
        return None
    return round(max(-1.0, min(1.0, found)), 4) + 0.0
