"""Where a run's notebooks are graded: one rubric, and a sitting for each selection of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from grader.pipeline import grade_in
from grader.report import Report
from grader.rubric_file import RubricFile
from grader.sitting import Listener, Settings, Sitting, open_sitting
from grader.submission import Submission


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
