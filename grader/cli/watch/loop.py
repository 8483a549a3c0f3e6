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
from grader.cli.progress import Display
from grader.cli.watch.regrade import Rounds, Screen
from grader.cli.watch.watched_file import WatchedFile
from grader.errors import SubmissionError
from grader.grading.session import Settings, Sitting, open_sitting, warm
from grader.rubric.load import find_rubric
from grader.submission.read import Submission, read_submission
from grader.submission.slices import Reading


# MERGED: Ctrl-C and SIGTERM while watching: one of them ends everything, in order.
class Stopped(BaseException):
    """Somebody wants it to end."""

    def __init__(self, number: int) -> None:
        """Take the signal's number."""
        super().__init__(number)
        self.number = number


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` at the first of the two signals; more of them do not disturb tidying up."""
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


_POLL = 0.2
_SIGNALLED = 128

News = Submission | SubmissionError


def watch_notebook(
    notebook: Path, *, rubric: str | None, settings: Settings, output: Output
) -> int:
    """Grade a notebook whenever it is saved, with kernels that are ready.

    Returns:
        The exit code of the last report.

    Raises:
        GraderError: There is nothing to begin with: no notebook, no rubric, no key, no kernel.
        KeyboardInterrupt: It was stopped before there was a report.
    """
    rounds: Rounds | None = None
    try:
        with stoppable(), ExitStack() as stack:
            with Display(Console(stderr=True)) as display:
                sitting = open_sitting(find_rubric(rubric), settings, display.listener())
                read_submission(notebook, sitting.file.rubric.limits)  # or say now what is wrong
                sitting = stack.enter_context(warm(sitting))
            watching = _Watching(notebook, sitting)
            screen = Screen(output.hints)
            rounds = Rounds(sitting, output.with_page(), screen, watching.newer)
            watching.go_on(rounds, screen)
    except Stopped as stopped:
        if stopped.number == SIGTERM:
            return _SIGNALLED + SIGTERM
        if rounds is None or rounds.code is None:
            raise KeyboardInterrupt from None
        return rounds.code


class _Watching:
    """Waits for saves, and knows of those that come while one is graded."""

    def __init__(self, notebook: Path, sitting: Sitting) -> None:
        self._file = WatchedFile(notebook, sitting.file.rubric.limits)
        self._name = notebook.name
        self._waiting: News | None = None
        self._looked = 0.0

    def newer(self, running: Reading) -> bool:
        """Whether a notebook with other code has been saved since."""
        if monotonic() - self._looked >= _POLL:
            self._looked = monotonic()
            self._waiting = self._file.look() or self._waiting
        waiting = self._waiting
        return isinstance(waiting, Submission) and Reading.of(waiting).digest != running.digest

    def go_on(self, rounds: Rounds, screen: Screen) -> Never:
        """Take every save, the newest first and older ones never."""
        while True:
            news = self._file.look() or self._waiting
            self._waiting = None
            if isinstance(news, Submission):
                rounds.take(news)
                screen.say(f"Waiting for {self._name} to be saved; Ctrl-C ends it.")
            elif news is not None:
                screen.begin("saved")
                screen.say(f"{news} It is looked at again when it is saved.")
            else:
                sleep(_POLL)
