"""What is shown while a notebook runs: a bar on a terminal, nothing in a pipe."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from grader.frames import Frame, FrameKind
from grader.probing import Instrumented
from grader.sitting import Listener


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
