"""Whole points for platforms that know no others."""

import math


def whole(points: float) -> int:
    """Half a point and more is rounded up, as a person would.

    Args:
        points: At least 0; what is less counts as 0.
    """
    return max(0, math.floor(round(points, 6) + 0.5))
