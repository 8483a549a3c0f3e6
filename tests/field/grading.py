"""Grades cases in one session, so that they share a sandbox, a key and a fork server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from grader.errors import GraderError
from grader.grading.pipeline import grade_submission
from grader.grading.session import GradingSession, Settings, open_session, prefork
from grader.render.terminal import render_report
from grader.report.model import Report
from grader.rubric.load import load_rubric
from grader.submission.read import read_submission
from tests.field.notebook import Case


@dataclass(frozen=True, slots=True)
class GradedCase:
    """A case's report, and the text that a terminal shows of it or of an error."""

    report: Report | None
    text: str

    @property
    def score(self) -> float:
        """Points; minus one if the file is refused, since that is no zero."""
        return -1.0 if self.report is None else self.report.score


@contextmanager
def field_session() -> Iterator[GradingSession]:
    """Open a session for many cases."""
    with prefork(open_session(load_rubric(None), Settings(device="cpu"))) as session:
        yield session


def grade_case(case: Case, session: GradingSession, folder: Path) -> GradedCase:
    """Write a case, grade it and return its report."""
    path = case.save(folder)
    try:
        submission = read_submission(path, session.rubric_file.rubric.limits)
    except GraderError as error:
        return GradedCase(None, str(error))
    report = grade_submission(session, submission).report
    console = Console(width=200, record=True, quiet=True)
    console.print(render_report(report))
    return GradedCase(report, console.export_text())


def check_case(case: Case, graded: GradedCase) -> None:
    """Fail unless a case has its fair score and the report says what it must."""
    assert case.fair <= graded.score <= case.most, (case.why, graded.score, graded.text)
    for text in case.says:
        assert text in graded.text, (case.why, text, graded.text)
    for text in case.never_says:
        assert text not in graded.text, (case.why, text, graded.text)
