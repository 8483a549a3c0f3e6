"""All result writers, by the name that ``--format`` takes."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic

from grader.integrations.results.base import Result, WriteContext
from grader.integrations.results.classroom50 import to_classroom50
from grader.integrations.results.codegrade import to_codegrade
from grader.integrations.results.github_classroom import to_github_classroom
from grader.integrations.results.gradescope import to_gradescope
from grader.integrations.results.junit import to_junit
from grader.integrations.results.prairielearn import to_prairielearn
from grader.integrations.results.single_score import to_autolab, to_codio, to_coursera, to_vocareum
from grader.protocol.installation import grader_version

ResultWriter = Callable[[Result, WriteContext], str]

FORMATS: Mapping[str, ResultWriter] = {
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


def write_result(result: Result, platform: str, start: float) -> str:
    """Write a result in a platform's format, with this process's environment as context.

    Args:
        result: The report, or the reason why there is none.
        platform: A key of `FORMATS`.
        start: Start of grading, on the monotonic clock.
    """
    context = WriteContext(
        grader_version=grader_version(),
        seconds=monotonic() - start,
        finished_at=datetime.now(UTC),
        environment=dict(os.environ),
    )
    return FORMATS[platform](result, context)
