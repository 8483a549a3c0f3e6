"""Every platform's writer, by the name that ``--format`` takes."""

from collections.abc import Callable, Mapping

from grader.platforms.autolab import to_autolab
from grader.platforms.classroom50 import to_classroom50
from grader.platforms.codegrade import to_codegrade
from grader.platforms.codio import to_codio
from grader.platforms.coursera import to_coursera
from grader.platforms.github_classroom import to_github_classroom
from grader.platforms.gradescope import to_gradescope
from grader.platforms.junit import to_junit
from grader.platforms.prairielearn import to_prairielearn
from grader.platforms.result import Result, Setting
from grader.platforms.vocareum import to_vocareum

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
