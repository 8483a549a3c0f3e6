"""Codio's partial points: a score out of 100, a text and its format."""

import json

from grader.platforms.fitting import fitting
from grader.platforms.listing import listing
from grader.platforms.result import Result, Setting, Ungraded, share

_LIMIT = 2**20


def to_codio(result: Result, _setting: Setting) -> str:
    """The body that is posted to ``$CODIO_PARTIAL_POINTS_V2_URL``, as JSON.

    Args:
        result: What to tell.
    """
    score = 0.0 if isinstance(result, Ungraded) else round(100 * share(result), 2)

    def body(most: int) -> str:
        content = {"score": score, "feedback": listing(result, most), "format": "txt"}
        return json.dumps(content) + "\n"

    return fitting(body, _LIMIT)
