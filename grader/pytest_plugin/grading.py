"""Where a run's notebooks are graded: one rubric, and a sitting for each selection of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from grader.grading.pipeline import grade_in
from grader.grading.session import Listener, Settings, Sitting, open_sitting
from grader.report.model import Report
from grader.rubric.load import RubricFile
from grader.submission.read import Submission


@dataclass(slots=True, kw_only=True)
class Desk:
    """Grades notebooks one after the other."""

    file: RubricFile
    settings: Settings
    say: Callable[[str], None]
    """Told when a key has to be built."""
    left_out: list[str] = field(default_factory=list)
    """Notebooks in folders that are not the lab's, by their names."""
    _sittings: dict[str | None, Sitting] = field(default_factory=dict)

    def grade(self, submission: Submission, only: str | None) -> Report:
        """Grade one notebook.

        Args:
            submission: The notebook.
            only: One criterion's id or function's name, where nothing else is asked for.

        Raises:
            GraderError: It could not be graded.
        """
        if only not in self._sittings:
            settings = replace(self.settings, only=only)
            self._sittings[only] = open_sitting(self.file, settings, Listener(note=self.say))
        return grade_in(self._sittings[only], submission).report
