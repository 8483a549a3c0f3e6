"""Grades each save of a notebook: first the functions that changed, then the whole notebook."""

from collections.abc import Callable
from dataclasses import replace

from rich.console import Console

from grader.cli.browser import open_page
from grader.cli.grade_notebook import Output, write_files
from grader.cli.progress import NotebookProgress
from grader.cli.watch.slice_grading import grade_slice
from grader.cli.watch.terminal import Terminal
from grader.errors import GraderError
from grader.grading.pipeline import Graded, grade_submission
from grader.grading.session import GradingSession
from grader.protocol.frames import Frame
from grader.submission.read import Submission
from grader.submission.slices import NotebookAnalysis, changed_functions, is_unchanged

IsOutdated = Callable[[NotebookAnalysis], bool]
"""Returns True if a notebook with different code has been saved since."""


class _SupersededError(Exception):
    """A newer notebook was saved while this one was graded."""


class Regrader:
    """Grades saves of one notebook, and skips what a change cannot affect."""

    def __init__(
        self, session: GradingSession, output: Output, terminal: Terminal, is_outdated: IsOutdated
    ) -> None:
        """Take the session, the files to write, and the check for newer saves."""
        self._session, self._output = session, output
        self._terminal, self._is_outdated = terminal, is_outdated
        self._last_started: NotebookAnalysis | None = None
        self._last_graded: NotebookAnalysis | None = None
        self._page_opened = False
        self.exit_code: int | None = None
        """Exit code of the last report, or of the last error."""

    def grade(self, submission: Submission) -> None:
        """Grade a saved notebook, as far as it has changed."""
        reading, before = NotebookAnalysis.from_submission(submission), self._last_started
        self._terminal.begin_run("saved" if before else submission.name)
        if self._last_graded is not None and (
            reason := self._why_unaffected(self._last_graded, reading)
        ):
            self._terminal.print_line(reason)
            return
        self._last_started = reading
        try:
            self._grade_changes(reading, before)
            self._last_graded = reading
        except _SupersededError:
            self._terminal.print_line("Saved again: this run was stopped for the newer one.")
        except GraderError as error:
            self.exit_code = error.exit_code
            self._terminal.print_line(f"grade: {error}")

    def _why_unaffected(self, before: NotebookAnalysis, now: NotebookAnalysis) -> str | None:
        """Return the reason why nothing has to be graded, if there is one."""
        if before.digest == now.digest:
            return "No code has changed: nothing to grade."
        only = self._session.settings.only
        if only and is_unchanged(before, now, self._session.rubric_file.rubric, only):
            return f"Nothing that {only} needs has changed."
        return None

    def _grade_changes(self, reading: NotebookAnalysis, before: NotebookAnalysis | None) -> None:
        """Grade the selected function alone, or the changed functions and then everything."""
        only = self._session.settings.only
        if only:
            graded = self._grade_slice(reading, (only,))
            if graded is None:
                self._terminal.print_line(f"All cells are run: {only} may depend on any of them.")
            self._publish(graded or self._grade_whole(reading))
            return
        if before is not None:
            changed = changed_functions(before, reading, self._session.rubric_file.rubric)
            if graded := self._grade_slice(reading, changed):
                self._terminal.print_report(graded.report)
                self._terminal.print_line("The whole notebook follows.")
        self._publish(self._grade_whole(reading))

    def _grade_slice(self, reading: NotebookAnalysis, names: tuple[str, ...]) -> Graded | None:
        with NotebookProgress(Console(stderr=True)) as progress:
            return grade_slice(self._session, reading, names, progress.events())

    def _grade_whole(self, reading: NotebookAnalysis) -> Graded:
        with NotebookProgress(Console(stderr=True)) as progress:
            events = progress.events()

            def on_frame(frame: Frame) -> None:
                events.frame(frame)
                if self._is_outdated(reading):
                    raise _SupersededError

            return grade_submission(
                self._session, reading.submission, replace(events, frame=on_frame)
            )

    def _publish(self, graded: Graded) -> None:
        """Print the report, write the files, and open the page once."""
        self._terminal.print_report(graded.report)
        self.exit_code = 0 if graded.report.full_marks else 1
        write_files(graded, self._output)
        if self._output.open_page and not self._page_opened and self._output.html is not None:
            self._page_opened = True
            open_page(self._output.html, Console(stderr=True))
