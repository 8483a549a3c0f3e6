"""A result in a platform's words, with what the process it is written in knows."""

import os
from datetime import UTC, datetime
from importlib import metadata
from time import monotonic

from grader.platforms.formats import FORMATS
from grader.platforms.result import Result, Setting


def told(result: Result, platform: str, start: float) -> str:
    """The platform's file.

    Args:
        result: What to tell.
        platform: By its name in `grader.platforms.formats`.
        start: When grading began, on the monotonic clock.
    """
    setting = Setting(
        version=metadata.version("induction-lab-grader"),
        seconds=monotonic() - start,
        when=datetime.now(UTC),
        names=dict(os.environ),
    )
    return FORMATS[platform](result, setting)
