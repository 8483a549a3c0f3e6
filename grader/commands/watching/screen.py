"""What is shown while watching: each run under its time of day, everything else in a line."""

from datetime import datetime

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from grader.render.terminal import render
from grader.render.text import line
from grader.report import Report


class Screen:
    """Standard output, for a terminal or a pipe."""

    def __init__(self, hints: int, console: Console | None = None) -> None:
        """Take how many hints a mistake gets, and where to print."""
        self._hints = hints
        self._console = console or Console()

    def begin(self, what: str) -> None:
        """A new run, apart from the last one.

        Args:
            what: What is run.
        """
        now = datetime.now().astimezone().strftime("%H:%M:%S")
        self._console.print()
        self._console.print(Rule(Text(f"{now}  {line(what)}"), align="left", style="bright_black"))

    def say(self, text: str) -> None:
        """One line.

        Args:
            text: What it says.
        """
        self._console.print(Text(line(text), style="bright_black"), soft_wrap=True)

    def show(self, report: Report) -> None:
        """A report.

        Args:
            report: Of all that was asked, or of some functions.
        """
        self._console.print(render(report, self._hints))
