"""A check's report as one display: a page's fragment, and plain text where there is no page."""

from dataclasses import replace
from io import StringIO

from rich.console import Console

from grader.live.checking import Checked
from grader.render.html import to_fragment
from grader.render.terminal import render
from grader.report import Report

_WIDTH = 100


def bundle(checked: Checked, *, hints: int, seconds: float) -> dict[str, str]:
    """A check by its display types.

    Args:
        checked: What to show.
        hints: How many hints on each mistake, of up to three.
        seconds: How long the check took.
    """
    report = checked.report
    number = len(report.verdicts)
    took = f"Checked {number} {'criterion' if number == 1 else 'criteria'} in {seconds:.1f} s."
    said = replace(report, notes=(*report.notes, took))
    page = to_fragment(said, checked.pictures, hints)
    return {"text/html": page, "text/plain": _text(said, hints)}


def _text(report: Report, hints: int) -> str:
    console = Console(file=StringIO(), width=_WIDTH, color_system=None, force_jupyter=False)
    with console.capture() as captured:
        console.print(render(report, hints))
    return captured.get()
