"""Shows a check's report in a notebook: as HTML, and as plain text where there is no HTML."""

from dataclasses import replace
from io import StringIO

from rich.console import Console

from grader.ipython_magic.check import Checked
from grader.render.html import to_fragment
from grader.render.terminal import render_report
from grader.report.model import Report

_TEXT_WIDTH = 100


def mime_bundle(checked: Checked, *, hints: int, seconds: float) -> dict[str, str]:
    """Return a check's display by media type.

    Args:
        hints: Number of hints per mistake, at most three.
        seconds: Duration of the check.
    """
    report = checked.report
    number = len(report.verdicts)
    duration = f"Checked {number} {'criterion' if number == 1 else 'criteria'} in {seconds:.1f} s."
    report = replace(report, notes=(*report.notes, duration))
    page = to_fragment(report, checked.charts, hints)
    return {"text/html": page, "text/plain": _text(report, hints)}


def _text(report: Report, hints: int) -> str:
    console = Console(file=StringIO(), width=_TEXT_WIDTH, color_system=None, force_jupyter=False)
    with console.capture() as captured:
        console.print(render_report(report, hints))
    return captured.get()
