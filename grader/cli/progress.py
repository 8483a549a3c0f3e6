"""Progress of a batch and of one notebook: bars on a terminal, plain lines or nothing elsewhere."""

from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from grader.batch.results.record import SubmissionResult
from grader.batch.statistics import BINS, bin_of
from grader.execution.job import PreparedSubmission
from grader.files.escape import escape_line
from grader.grading.session import GradingEvents
from grader.protocol.frames import Frame, FrameKind

_HISTOGRAM_LEVELS = " ▁▂▃▄▅▆▇█"
_MINUTE = 60


class BatchProgress:
    """A batch's progress: a bar on a terminal, a line per submission elsewhere."""

    def __init__(self, console: Console) -> None:
        """Take the console to print on."""
        self._console = console
        self._start = monotonic()
        self._total = self._finished = 0
        self._score_counts = [0] * BINS
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[details]}", markup=False),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def plan(self, total: int, finished_before: int) -> None:
        """Start showing progress.

        Args:
            total: Number of submissions to grade.
            finished_before: Number of submissions that an earlier run has finished.
        """
        if finished_before:
            self._console.print(f"{finished_before} finished earlier, {total} to grade")
        self._start, self._total = monotonic(), total
        self._task = self._progress.add_task("Grading", total=total, details="")
        self._progress.start()

    def update(self, student: str, result: SubmissionResult) -> None:
        """Show that a submission has ended."""
        self._finished += 1
        if result.score is not None:
            self._score_counts[bin_of(result.score, result.total)] += 1
        score = result.state if result.score is None else f"{result.score:g}"
        details = f"{escape_line(student)} {score}"
        if self._task is not None and self._console.is_terminal:
            details = f"{details} · scores {self._histogram()} · {self._time_left()}"
            self._progress.update(self._task, advance=1, details=details)
        else:
            text = f"[{self._finished}/{self._total}] {details} · {self._time_left()}"
            self._console.print(Text(text), soft_wrap=True)

    def _time_left(self) -> str:
        """Estimate the remaining time from the mean time per submission."""
        mean = (monotonic() - self._start) / self._finished
        left = mean * (self._total - self._finished)
        return f"{left / _MINUTE:.0f} min left" if left > 2 * _MINUTE else f"{left:.0f} s left"

    def _histogram(self) -> str:
        largest = max(self._score_counts) or 1
        return "".join(
            _HISTOGRAM_LEVELS[-(-n * (len(_HISTOGRAM_LEVELS) - 1) // largest)]
            for n in self._score_counts
        )


class NotebookProgress:
    """A notebook's progress: a bar over cells and probes on a terminal, nothing elsewhere."""

    def __init__(self, console: Console) -> None:
        """Take the console to print on."""
        self._console = console
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("Starting Python, torch and the model", total=1)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def events(self) -> GradingEvents:
        """Return the callbacks that update the bar."""
        return GradingEvents(started=self._started, frame=self._frame, note=self._note)

    def _started(self, prepared: PreparedSubmission) -> None:
        total = len(prepared.job.cells) + len(prepared.job.probes)
        self._progress.update(self._task, total=total, completed=0)

    def _frame(self, frame: Frame) -> None:
        if frame.kind is FrameKind.CELL:
            self._progress.update(self._task, description="Running your cells", advance=1)
        elif frame.kind is FrameKind.OBSERVATION:
            self._progress.update(self._task, description="Calling your functions", advance=1)

    def _note(self, text: str) -> None:
        self._console.print(text, style="bright_black", highlight=False)
