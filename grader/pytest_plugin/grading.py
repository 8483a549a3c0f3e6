"""Grades the notebooks of a test run: one rubric, and a session for each selection of criteria."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from grader.grading.pipeline import grade_submission
from grader.grading.session import GradingEvents, GradingSession, Settings, open_session
from grader.report.model import Report
from grader.rubric.load import RubricFile
from grader.submission.read import Submission


@dataclass(slots=True, kw_only=True)
class NotebookGrader:
    """Grades notebooks, one after the other."""

    file: RubricFile
    settings: Settings
    note: Callable[[str], None]
    """Called with a line of text for the user."""
    skipped: list[str] = field(default_factory=list)
    """Names of collected notebooks that define nothing of the lab."""
    _sessions: dict[str | None, GradingSession] = field(default_factory=dict)

    def grade(self, submission: Submission, only: str | None) -> Report:
        """Grade one notebook.

        Args:
            only: A criterion's id or a function's name, if nothing else is to be graded.

        Raises:
            GraderError: The notebook could not be graded.
        """
        if only not in self._sessions:
            settings = replace(self.settings, only=only)
            self._sessions[only] = open_session(self.file, settings, GradingEvents(note=self.note))
        return grade_submission(self._sessions[only], submission).report
