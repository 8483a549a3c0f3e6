"""The loop of ``--watch``: grade, wait for the file to be saved, grade again, until Ctrl-C."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import SIGTERM
from time import monotonic, sleep
from types import FrameType
from typing import Never

from rich.console import Console

from grader.cli.grade_notebook import Output
from grader.cli.progress import NotebookProgress
from grader.cli.watch.regrade import Regrader
from grader.cli.watch.terminal import Terminal
from grader.cli.watch.watched_file import WatchedFile
from grader.errors import SubmissionError
from grader.grading.session import GradingSession, Settings, open_session, prefork
from grader.rubric.load import load_rubric
from grader.submission.read import Submission, read_submission
from grader.submission.slices import NotebookAnalysis

_POLL_SECONDS = 0.2
_SIGNAL_EXIT = 128
"""Base of the exit code of a process that a signal ended."""

Change = Submission | SubmissionError


class Stopped(BaseException):
    """Ctrl-C or SIGTERM ends the loop."""

    def __init__(self, number: int) -> None:
        """Take the signal's number."""
        super().__init__(number)
        self.number = number


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` at the first SIGINT or SIGTERM; later ones do not disturb the clean-up."""
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop(number: int, _frame: FrameType | None) -> Never:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def watch_notebook(
    notebook: Path, *, rubric: str | None, settings: Settings, output: Output
) -> int:
    """Grade a notebook whenever it is saved, with preloaded kernels.

    Returns:
        The exit code of the last report.

    Raises:
        GraderError: The first run is impossible: no notebook, no rubric, no key or no kernel.
        KeyboardInterrupt: The loop was stopped before the first report.
    """
    regrader: Regrader | None = None
    try:
        with stoppable(), ExitStack() as stack:
            with NotebookProgress(Console(stderr=True)) as progress:
                session = open_session(load_rubric(rubric), settings, progress.events())
                read_submission(
                    notebook, session.rubric_file.rubric.limits
                )  # raises now if it is broken
                session = stack.enter_context(prefork(session))
            saves = _Saves(notebook, session)
            terminal = Terminal(output.hints)
            regrader = Regrader(session, output.with_page(), terminal, saves.is_outdated)
            saves.grade_all(regrader, terminal)
    except Stopped as stopped:
        if stopped.number == SIGTERM:
            return _SIGNAL_EXIT + SIGTERM
        if regrader is None or regrader.exit_code is None:
            raise KeyboardInterrupt from None
        return regrader.exit_code


class _Saves:
    """Waits for saves, and remembers the newest one that comes while another is graded."""

    def __init__(self, notebook: Path, session: GradingSession) -> None:
        self._file = WatchedFile(notebook, session.rubric_file.rubric.limits)
        self._name = notebook.name
        self._pending: Change | None = None
        self._last_poll = 0.0

    def is_outdated(self, running: NotebookAnalysis) -> bool:
        """Return True if a notebook with different code has been saved since."""
        if monotonic() - self._last_poll >= _POLL_SECONDS:
            self._last_poll = monotonic()
            self._pending = self._file.poll() or self._pending
        pending = self._pending
        return (
            isinstance(pending, Submission)
            and NotebookAnalysis.from_submission(pending).digest != running.digest
        )

    def grade_all(self, regrader: Regrader, terminal: Terminal) -> Never:
        """Grade the newest save, again and again; older saves are skipped."""
        while True:
            change = self._file.poll() or self._pending
            self._pending = None
            if isinstance(change, Submission):
                regrader.grade(change)
                terminal.print_line(f"Waiting for {self._name} to be saved; Ctrl-C ends it.")
            elif change is not None:
                terminal.begin_run("saved")
                terminal.print_line(f"{change} It is checked again when it is saved.")
            else:
                sleep(_POLL_SECONDS)
