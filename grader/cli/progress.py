"""How far a batch is: a bar on a terminal, a line a submission elsewhere."""

from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from grader.batch.results.record import Finished
from grader.batch.statistics import BINS, bin_of
from grader.execution.job import Instrumented
from grader.grading.session import Listener
from grader.protocol.frames import Frame, FrameKind
from grader.render.escape import line

# MERGED: What is shown while a notebook runs: a bar on a terminal, nothing in a pipe.
_LEVELS = " ▁▂▃▄▅▆▇█"
_MINUTE = 60


class Meter:
    """Counts submissions as they end."""

    def __init__(self, console: Console, *, total: int, before: int) -> None:
        """Show on a console.

        Args:
            console: Where to.
            total: Submissions to grade now.
            before: Those that were finished already.
        """
        self._console, self._total, self._before = console, total, before
        self._start = monotonic()
        self._ended = 0
        self._bins = [0] * BINS
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[said]}", markup=False),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("Grading", total=total, said="")

    def __enter__(self) -> Self:
        if self._before:
            self._console.print(f"{self._before} finished earlier, {self._total} to grade")
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def told(self, student: str, finished: Finished) -> None:
        """One more has ended.

        Args:
            student: Whose.
            finished: How.
        """
        self._ended += 1
        if finished.score is not None:
            self._bins[bin_of(finished.score, finished.total)] += 1
        score = finished.state if finished.score is None else f"{finished.score:g}"
        said = f"{line(student)} {score}"
        if self._console.is_terminal:
            spread = f"{said} · scores {self._spread()} · {self._left()}"
            self._progress.update(self._task, advance=1, said=spread)
        else:
            text = f"[{self._ended}/{self._total}] {said} · {self._left()}"
            self._console.print(Text(text), soft_wrap=True)

    def _left(self) -> str:
        """How long the rest may take, by how long it took so far."""
        left = (monotonic() - self._start) / self._ended * (self._total - self._ended)
        return f"{left / _MINUTE:.0f} min left" if left > 2 * _MINUTE else f"{left:.0f} s left"

    def _spread(self) -> str:
        most = max(self._bins) or 1
        return "".join(_LEVELS[-(-n * (len(_LEVELS) - 1) // most)] for n in self._bins)


class Display:
    """A progress bar over cells and probes."""

    def __init__(self, console: Console) -> None:
        """Show on this console, if it is a terminal."""
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
        """Start showing."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._progress.stop()

    def listener(self) -> Listener:
        """What the pipeline tells its steps to."""
        return Listener(started=self._started, frame=self._frame, note=self._note)

    def _started(self, prepared: Instrumented) -> None:
        total = len(prepared.job.cells) + len(prepared.job.probes)
        self._progress.update(self._task, total=total, completed=0)

    def _frame(self, frame: Frame) -> None:
        if frame.kind is FrameKind.CELL:
            self._progress.update(self._task, description="Running your cells", advance=1)
        elif frame.kind is FrameKind.OBSERVATION:
            self._progress.update(self._task, description="Calling your functions", advance=1)

    def _note(self, text: str) -> None:
        self._console.print(text, style="bright_black", highlight=False)
