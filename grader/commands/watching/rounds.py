"""One round after the other: what a save makes it grade, and in which order."""

from collections.abc import Callable
from dataclasses import replace

from rich.console import Console

from grader.commands.browser import open_page
from grader.commands.progress import Display
from grader.commands.run import Output, write_files
from grader.commands.watching.screen import Screen
from grader.commands.watching.slice import grade_slice
from grader.errors import GraderError
from grader.frames import Frame
from grader.pipeline import Graded, grade_in
from grader.sitting import Listener, Sitting
from grader.slicing.changed import changed_functions, same
from grader.slicing.slices import Reading
from grader.submission import Submission

Newer = Callable[[Reading], bool]
"""Whether there is a notebook with other code by now."""


class _SupersededError(Exception):
    """What runs is not the newest any more."""


class Rounds:
    """Grades what is saved."""

    def __init__(self, sitting: Sitting, output: Output, screen: Screen, newer: Newer) -> None:
        """Take what is graded by, where reports go, and who knows of newer saves."""
        self._sitting, self._output, self._screen, self._newer = sitting, output, screen, newer
        self._begun: Reading | None = None
        self._done: Reading | None = None
        self._opened = False
        self.code: int | None = None
        """The exit code that the last report, or the last failure to make one, stands for."""

    def take(self, submission: Submission) -> None:
        """Grade a notebook as far as it has changed.

        Args:
            submission: As it was saved.
        """
        reading, before = Reading.of(submission), self._begun
        self._screen.begin("saved" if before else submission.name)
        if self._done is not None and (why := self._spared(self._done, reading)):
            self._screen.say(why)
            return
        self._begun = reading
        try:
            self._grade(reading, before)
            self._done = reading
        except _SupersededError:
            self._screen.say("Saved again: this run was left for the newer one.")
        except GraderError as error:
            self.code = error.exit_code
            self._screen.say(f"grade: {error}")

    def _spared(self, before: Reading, now: Reading) -> str | None:
        """Why nothing is to be graded, if so."""
        if before.digest == now.digest:
            return "No code has changed: nothing to grade."
        only = self._sitting.settings.only
        if only and same(before, now, self._sitting.file.rubric, only):
            return f"Nothing that {only} needs has changed."
        return None

    def _grade(self, reading: Reading, before: Reading | None) -> None:
        """What was asked for alone, or first what was edited and then everything."""
        only = self._sitting.settings.only
        if only:
            graded = self._first(reading, (only,))
            if graded is None:
                self._screen.say(f"All cells are run: {only} may depend on any of them.")
            self._tell(graded or self._whole(reading))
            return
        if before is not None:
            changed = changed_functions(before, reading, self._sitting.file.rubric)
            if graded := self._first(reading, changed):
                self._screen.show(graded.report)
                self._screen.say("The whole notebook follows.")
        self._tell(self._whole(reading))

    def _first(self, reading: Reading, names: tuple[str, ...]) -> Graded | None:
        with Display(Console(stderr=True)) as display:
            return grade_slice(self._sitting, reading, names, display.listener())

    def _whole(self, reading: Reading) -> Graded:
        with Display(Console(stderr=True)) as display:
            shown = display.listener()

            def frame(frame: Frame) -> None:
                shown.frame(frame)
                if self._newer(reading):
                    raise _SupersededError

            listener: Listener = replace(shown, frame=frame)
            return grade_in(self._sitting, reading.submission, listener)

    def _tell(self, graded: Graded) -> None:
        self._screen.show(graded.report)
        self.code = 0 if graded.report.full_marks else 1
        write_files(graded, self._output)
        if self._output.opened and not self._opened and self._output.html is not None:
            self._opened = True
            open_page(self._output.html, Console(stderr=True))
