"""``grade doctor``: checks whether grading works on this machine, and prints what to do."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.doctor.finding import Finding, State, is_usable, summary
from grader.doctor.run import run_checks
from grader.errors import GraderError
from grader.files.escape import escape_line

_MARKS: dict[State, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "warning": ("!", "yellow"),
    "problem": ("✗", "red"),
}
_NAME_WIDTH = 21


def run_doctor() -> int:
    """Check everything that grading needs and print a line for each finding.

    Returns:
        The exit code: 0, or 3 if grading does not work.
    """
    console = Console()
    findings: list[Finding] = []
    with console.status("Checking …"):
        for finding in run_checks():
            findings.append(finding)
            console.print(_row(finding))
    console.print()
    all_well = is_usable(findings)
    style = "bold green" if all_well else "bold red"
    console.print(Text(escape_line(summary(findings)), style=style))
    return 0 if all_well else GraderError.exit_code


def _row(finding: Finding) -> Table:
    """Return a mark, a name and a sentence, with the advice below."""
    mark, colour = _MARKS[finding.state]
    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(width=_NAME_WIDTH)
    row.add_column(ratio=1, overflow="fold")
    row.add_row(
        Text(mark, style=colour),
        Text(finding.name, style="bold"),
        Text(escape_line(finding.message)),
    )
    if finding.advice:
        row.add_row("", "", Text(f"→ {escape_line(finding.advice)}", style="cyan"))
    return row
