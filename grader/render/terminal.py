"""The report as a student reads it in a terminal."""

from collections.abc import Iterator
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.render.escape import line
from grader.render.feedback import MARKS, Block, blocks
from grader.report.model import Outcome, Report

_COLOURS: dict[Outcome, str] = {
    "passed": "green",
    "partial": "yellow",
    "failed": "red",
    "errored": "red",
    "blocked": "yellow",
    "not_attempted": "bright_black",
}
_WORDS = {"not_attempted": "not attempted"}


def render(report: Report, hints: int = 1) -> RenderableType:
    """The whole report.

    Args:
        report: What to show.
        hints: How many hints on each mistake, of up to three.
    """
    parts: list[RenderableType] = [
        _table(report),
        *(_block(block, hints) for block in blocks(report)),
        *_troubles(report),
        _score(report),
    ]
    return Group(*parts)


def _table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    table.add_column("Criterion")
    table.add_column("Outcome")
    table.add_column("Points", justify="right")
    for function, verdicts in groupby(report.verdicts, key=lambda v: v.function):
        table.add_row("", Text(line(function or "The notebook as a whole"), style="bold"), "", "")
        for verdict in verdicts:
            mark, colour = MARKS[verdict.outcome], _COLOURS[verdict.outcome]
            title = Text(f"  {line(verdict.title)}")
            if verdict.variant:
                title.append(f"  [{line(verdict.variant)}]", style="cyan")
            if verdict.followed:
                title.append("  [follows from yours]", style="cyan")
            points = f"{verdict.points:g} / {verdict.max_points:g}" + (
                "  bonus" if verdict.bonus else ""
            )
            outcome = _WORDS.get(verdict.outcome, verdict.outcome)
            table.add_row(Text(mark, style=colour), title, Text(outcome, style=colour), points)
    return table


def _block(block: Block, hints: int) -> RenderableType:
    """What one mistake is, said once, with every criterion it cost."""
    first = block.first
    titles = ", ".join(line(verdict.title) for verdict in block.verdicts)
    heading = Text(f"{line(first.function or 'The notebook')} · {titles}", style="bold")
    if first.misconception:
        name = line(first.misconception.replace("_", " "))
        heading.append(f"   known mistake: {name}", style="magenta")
    lines: list[RenderableType] = [heading, Padding(Text(line(first.feedback)), (0, 0, 0, 2))]
    lines += [
        Padding(Text.assemble(("Hint: ", "cyan"), line(hint)), (0, 0, 0, 2))
        for hint in first.hints[:hints]
    ]
    return Padding(Group(*lines), (0, 0, 1, 0))


def _troubles(report: Report) -> Iterator[RenderableType]:
    """Cells that did not run to their end, and notes."""
    shown = report.telling_troubles
    for trouble in shown[:8]:
        said = line(f"Cell {trouble.cell + 1}: {trouble.ename}: {trouble.evalue}")
        yield Text(said, style="yellow")
    if len(shown) > 8:  # noqa: PLR2004 (eight lines are enough to start with)
        yield Text(f"… and {len(shown) - 8} more cells with errors", style="yellow")
    for note in report.notes:
        yield Text(line(note), style="bright_black")


def _score(report: Report) -> RenderableType:
    environment = report.environment
    world = f"on {environment['model']}, {environment['device']}, torch {environment['torch']}"
    # Of bonus criteria alone, the total is nought: then it is the bonus that is out of something.
    total = report.total or sum(verdict.max_points for verdict in report.verdicts)
    text = Text.assemble(
        "\nScore ",
        (f"{report.score:g} / {total:g}", "bold green" if report.full_marks else "bold"),
        f"   {line(world)}",
    )
    if report.status == "partial":
        text.append(
            "\nSome criteria could not be judged (see above): this score may be incomplete.",
            style="yellow",
        )
    if environment.get("isolation") == "none":
        text.append(
            "\nThe notebook ran WITHOUT ISOLATION: grade only notebooks you trust "
            "(grade doctor says what is missing).",
            style="bold yellow",
        )
    return text
