"""A check's report as one display: a page's fragment, and plain text where there is no page."""

from dataclasses import replace
from io import StringIO

from rich.console import Console

from grader.render.html import to_fragment
from grader.render.terminal import render
from grader.report import Report

_WIDTH = 100


def bundle(report: Report, *, hints: int, seconds: float) -> dict[str, str]:
    """A report by its display types.

    Args:
        report: What to show.
        hints: How many hints on each mistake, of up to three.
        seconds: How long the check took.
    """
    number = len(report.verdicts)
    took = f"Checked {number} {'criterion' if number == 1 else 'criteria'} in {seconds:.1f} s."
    said = replace(report, notes=(*report.notes, took))
    return {"text/html": to_fragment(said, hints=hints), "text/plain": _text(said, hints)}


def _text(report: Report, hints: int) -> str:
    console = Console(file=StringIO(), width=_WIDTH, color_system=None, force_jupyter=False)
    with console.capture() as captured:
        console.print(render(report, hints))
    return captured.get()
