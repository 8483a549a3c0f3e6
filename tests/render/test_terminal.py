"""The report in a terminal, compared as whole text."""

from io import StringIO
from typing import Any

from rich.console import Console

from grader.render.terminal import render_report
from grader.report.model import CellError, Report, Verdict
from tests.builders import report, verdict

MISTAKE = verdict(
    title="Values",
    outcome="partial",
    points=2.5,
    feedback="You index [key, query]. L5H1: you 0.03, expected about 0.9.",
    hints=("The query looks first.",),
    misconception="transposed_pattern",
)
VERDICTS = (
    verdict(title="Shape", points=2.0, max_points=2.0, variant="corrected"),
    MISTAKE,
    verdict(
        function=None, title="Heatmaps", outcome="not_attempted", points=0.0, max_points=2.0,
        bonus=True, feedback="There is no x in your notebook.",
    ),
)  # fmt: skip
WHOLE = """\

     Criterion                  Outcome               Points
 ───────────────────────────────────────────────────────────
     compute_induction_scores
 ✓     Shape  [corrected]       passed                 2 / 2
 ◐     Values                   partial             2.5 / 10
     The notebook as a whole
 ·     Heatmaps                 not attempted   0 / 2  bonus

compute_induction_scores · Values   known mistake: transposed pattern
  You index [key, query]. L5H1: you 0.03, expected about 0.9.
  Hint: The query looks first.

Cell 5: KeyError: 'x'
A note.

Score 4.5 / 12   on planted-4x3, cpu, torch 2.4
"""


def shown(*verdicts: Verdict, **changes: Any) -> str:
    """Return a report on these verdicts as a terminal shows it."""
    return shown_report(report(*verdicts, **changes))


def shown_report(graded: Report) -> str:
    """Return what a terminal of 100 columns shows, without trailing spaces."""
    console = Console(width=100, color_system=None, file=StringIO())
    with console.capture() as capture:
        console.print(render_report(graded))
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def test_a_whole_report() -> None:
    """A report shows the table, feedback with mistake and hint, errors, notes and the score."""
    error = CellError(cell=4, ename="KeyError", evalue="'x'")
    text = shown(*VERDICTS, cell_errors=(error,), notes=("A note.",))
    assert text == WHOLE


def test_errors_of_stubs_are_not_listed() -> None:
    """Errors of stubs are not listed, and at most eight others are."""
    stub = CellError(cell=0, ename="NotImplementedError", evalue="f")
    errors = tuple(CellError(cell=i, ename="E", evalue="") for i in range(10))
    text = shown(verdict(), cell_errors=(stub, *errors))
    assert "NotImplementedError" not in text
    assert "Cell 8: E" in text
    assert "Cell 9: E" not in text
    assert "… and 2 more cells with errors" in text


def test_the_same_feedback_is_shown_once() -> None:
    """Two criteria of one function with the same feedback share one block."""
    lost = verdict(outcome="failed", points=0.0, feedback="Off.")
    assert shown(lost, lost).count("Off.") == 1


def test_a_renamed_function_is_mentioned_once() -> None:
    """A function that was not attempted has no block unless it may have been renamed."""
    renamed = verdict(outcome="not_attempted", points=0.0, feedback="Did you rename it to 'x'?")
    assert shown(renamed, renamed).count("Did you rename it") == 1


def test_warnings_are_under_the_score() -> None:
    """Warnings about incomplete judging and missing isolation stand below the score."""
    environment = {"model": "m", "device": "cpu", "torch": "2.4", "isolation": "none"}
    text = shown(verdict(), status="partial", environment=environment)
    assert text.index("Score 10 / 10") < text.index("this score may be incomplete")
    assert "ran WITHOUT ISOLATION" in text


def test_control_sequences_and_markup_are_shown_literally() -> None:
    """Neither escape sequences nor rich's markup have an effect."""
    text = shown(verdict(outcome="failed", points=0.0, feedback="\x1b[2J[bold red]all points[/]"))
    assert r"\u001b[2J[bold red]all points[/]" in text


def test_a_cells_error_is_one_line() -> None:
    """An error message of several lines takes one line in the terminal."""
    error = CellError(cell=3, ename="ValueError", evalue="\nThe 'cols'\n    argument")
    assert "Cell 4: ValueError: The 'cols' argument" in shown(cell_errors=(error,))


def test_a_bonus_alone_has_its_own_maximum() -> None:
    """A report on bonus criteria alone shows the bonus points possible, not zero."""
    console = Console(width=80, file=StringIO(), force_terminal=False)
    with console.capture() as shown:
        console.print(render_report(report(verdict(points=2.5, max_points=5.0, bonus=True))))
    assert "Score 2.5 / 5 " in shown.get()
