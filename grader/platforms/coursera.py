"""Coursera's ``feedback.json``: one number from 0 to 1 and one text."""

import json

from grader.platforms.fitting import fitting
from grader.platforms.listing import listing
from grader.platforms.result import Result, Setting, Ungraded, share

_LIMIT = 2**16


def to_coursera(result: Result, _setting: Setting) -> str:
    """The file that Coursera reads; both of its keys and no other.

    Args:
        result: What to tell.
    """
    fraction = 0.0 if isinstance(result, Ungraded) else share(result)

    def file(most: int) -> str:
        return json.dumps({"fractionalScore": fraction, "feedback": listing(result, most)}) + "\n"

    return fitting(file, _LIMIT)
