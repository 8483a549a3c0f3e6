"""``grade doctor``: what works on this machine, in plain words."""

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.doctor.finding import Finding, State, summary, works
from grader.doctor.run import examination
from grader.errors import GraderError
from grader.render.escape import line

_MARKS: dict[State, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "warning": ("!", "yellow"),
    "problem": ("✗", "red"),
}
_NAMES = 21


def examine() -> int:
    """Try everything grading needs and print a line for each.

    Returns:
        The exit code: 0, or 3 where grading does not work.
    """
    console = Console()
    findings: list[Finding] = []
    with console.status("Looking …"):
        for finding in examination():
            findings.append(finding)
            console.print(_row(finding))
    console.print()
    good = works(findings)
    console.print(Text(line(summary(findings)), style="bold green" if good else "bold red"))
    return 0 if good else GraderError.exit_code


def _row(finding: Finding) -> Table:
    """A mark, a name, a sentence; what to do about it below."""
    mark, colour = _MARKS[finding.state]
    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(width=_NAMES)
    row.add_column(ratio=1, overflow="fold")
    row.add_row(
        Text(mark, style=colour), Text(finding.name, style="bold"), Text(line(finding.says))
    )
    if finding.advice:
        row.add_row("", "", Text(f"→ {line(finding.advice)}", style="cyan"))
    return row


@click.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Say what works on this machine, and what to do about what does not."""
    ctx.exit(examine())
