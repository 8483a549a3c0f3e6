"""Renders the report for a terminal."""

from collections.abc import Iterator
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.files.escape import escape_line
from grader.render.feedback import OUTCOME_ICONS, FeedbackBlock, group_feedback
from grader.report.model import Outcome, Report

_COLOURS: dict[Outcome, str] = {
    "passed": "green",
    "partial": "yellow",
    "failed": "red",
    "errored": "red",
    "blocked": "yellow",
    "not_attempted": "bright_black",
}
_MAX_CELL_ERRORS = 8


def render_report(report: Report, hints: int = 1) -> RenderableType:
    """Render the whole report.

    Args:
        report: The report.
        hints: Number of hints per mistake, up to three.
    """
    parts: list[RenderableType] = [
        _criteria_table(report),
        *(_feedback(block, hints) for block in group_feedback(report)),
        *_cell_errors(report),
        *(Text(escape_line(note), style="bright_black") for note in report.notes),
        _score(report),
    ]
    return Group(*parts)


def _criteria_table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    table.add_column("Criterion")
    table.add_column("Outcome")
    table.add_column("Points", justify="right")
    for function, verdicts in groupby(report.verdicts, key=lambda v: v.function):
        heading = escape_line(function or "The notebook as a whole")
        table.add_row("", Text(heading, style="bold"), "", "")
        for verdict in verdicts:
            icon, colour = OUTCOME_ICONS[verdict.outcome], _COLOURS[verdict.outcome]
            title = Text(f"  {escape_line(verdict.title)}")
            if verdict.variant:
                title.append(f"  [{escape_line(verdict.variant)}]", style="cyan")
            if verdict.followed:
                title.append("  [consistent with your earlier answers]", style="cyan")
            points = f"{verdict.points:g} / {verdict.max_points:g}" + (
                "  bonus" if verdict.bonus else ""
            )
            outcome = verdict.outcome.replace("_", " ")
            table.add_row(Text(icon, style=colour), title, Text(outcome, style=colour), points)
    return table


def _feedback(block: FeedbackBlock, hints: int) -> RenderableType:
    """Render the feedback on one mistake, with the criteria that it affected."""
    first = block.first
    titles = ", ".join(escape_line(verdict.title) for verdict in block.verdicts)
    heading = Text(f"{escape_line(first.function or 'The notebook')} · {titles}", style="bold")
    if first.misconception:
        name = escape_line(first.misconception.replace("_", " "))
        heading.append(f"   known mistake: {name}", style="magenta")
    lines: list[RenderableType] = [heading, _indent(Text(escape_line(first.feedback)))]
    lines += [
        _indent(Text.assemble(("Hint: ", "cyan"), escape_line(hint)))
        for hint in first.hints[:hints]
    ]
    return Padding(Group(*lines), (0, 0, 1, 0))


def _indent(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 2))


def _cell_errors(report: Report) -> Iterator[RenderableType]:
    errors = report.notable_errors
    for error in errors[:_MAX_CELL_ERRORS]:
        text = escape_line(f"Cell {error.cell + 1}: {error.ename}: {error.evalue}")
        yield Text(text, style="yellow")
    if len(errors) > _MAX_CELL_ERRORS:
        more = len(errors) - _MAX_CELL_ERRORS
        yield Text(f"… and {more} more cells with errors", style="yellow")


def _score(report: Report) -> RenderableType:
    """Render the score, and warnings that belong to it."""
    environment = report.environment
    setup = f"on {environment['model']}, {environment['device']}, torch {environment['torch']}"
    # A report on bonus criteria alone has a total of zero: then show the bonus points possible.
    total = report.total or sum(verdict.max_points for verdict in report.verdicts)
    text = Text.assemble(
        "\nScore ",
        (f"{report.score:g} / {total:g}", "bold green" if report.full_marks else "bold"),
        f"   {escape_line(setup)}",
    )
    if report.status == "partial":
        text.append(
            "\nSome criteria could not be judged (see above): this score may be incomplete.",
            style="yellow",
        )
    if environment.get("isolation") == "none":
        text.append(
            "\nThe notebook ran WITHOUT ISOLATION: grade only notebooks you trust "
            "(`grade doctor` tells you what is missing).",
            style="bold yellow",
        )
    return text
