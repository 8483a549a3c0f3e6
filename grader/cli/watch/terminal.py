"""Prints the reports of ``--watch``, each run under its time of day."""

from datetime import datetime

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from grader.files.escape import escape_line
from grader.render.terminal import render_report
from grader.report.model import Report


class Terminal:
    """Standard output of ``--watch``: a terminal or a pipe."""

    def __init__(self, hints: int) -> None:
        """Take the number of hints to show per mistake."""
        self._hints = hints
        self._console = Console()

    def begin_run(self, title: str) -> None:
        """Print a rule with the time of day."""
        now = datetime.now().astimezone().strftime("%H:%M:%S")
        text = Text(f"{now}  {escape_line(title)}")
        self._console.print()
        self._console.print(Rule(text, align="left", style="bright_black"))

    def print_line(self, text: str) -> None:
        """Print a remark on one line."""
        self._console.print(Text(escape_line(text), style="bright_black"), soft_wrap=True)

    def print_report(self, report: Report) -> None:
        """Print a report on the whole notebook or on some functions."""
        self._console.print(render_report(report, self._hints))
