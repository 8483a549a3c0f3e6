"""Every platform's writer, by the name that ``--format`` takes."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from time import monotonic

from grader.integrations.results.base import Result, Setting
from grader.integrations.results.classroom50 import to_classroom50
from grader.integrations.results.codegrade import to_codegrade
from grader.integrations.results.github_classroom import to_github_classroom
from grader.integrations.results.gradescope import to_gradescope
from grader.integrations.results.junit import to_junit
from grader.integrations.results.prairielearn import to_prairielearn
from grader.integrations.results.single_score import to_autolab, to_codio, to_coursera, to_vocareum

# MERGED: A result in a platform's words, with what the process it is written in knows.
Write = Callable[[Result, Setting], str]

FORMATS: Mapping[str, Write] = {
    "autolab": to_autolab,
    "classroom50": to_classroom50,
    "codegrade": to_codegrade,
    "codio": to_codio,
    "coursera": to_coursera,
    "github-classroom": to_github_classroom,
    "gradescope": to_gradescope,
    "junit": to_junit,
    "prairielearn": to_prairielearn,
    "vocareum": to_vocareum,
}


def told(result: Result, platform: str, start: float) -> str:
    """The platform's file.

    Args:
        result: What to tell.
        platform: By its name in `grader.integrations.results.registry`.
        start: When grading began, on the monotonic clock.
    """
    setting = Setting(
        version=metadata.version("induction-lab-grader"),
        seconds=monotonic() - start,
        when=datetime.now(UTC),
        names=dict(os.environ),
    )
    return FORMATS[platform](result, setting)
