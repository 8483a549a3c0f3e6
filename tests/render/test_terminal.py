"""The report in a terminal, compared as whole text."""

from io import StringIO
from typing import Any

from rich.console import Console

from grader.render.terminal import render
from grader.report.model import CellTrouble, Report, Verdict
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
    """The report as text, without trailing spaces."""
    return shown_report(report(*verdicts, **changes))


def shown_report(found: Report) -> str:
    """What a terminal of 100 columns shows."""
    console = Console(width=100, color_system=None, file=StringIO())
    with console.capture() as capture:
        console.print(render(found))
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def test_a_whole_report() -> None:
    """Table by function, feedback with mistake and hint, broken cells, notes, score."""
    trouble = CellTrouble(cell=4, ename="KeyError", evalue="'x'")
    text = shown(*VERDICTS, troubles=(trouble,), notes=("A note.",))
    assert text == WHOLE


def test_a_stubs_error_is_no_news() -> None:
    """Cells that stop at a stub are not listed; of the others at most eight are."""
    stub = CellTrouble(cell=0, ename="NotImplementedError", evalue="f")
    troubles = tuple(CellTrouble(cell=i, ename="E", evalue="") for i in range(10))
    text = shown(verdict(), troubles=(stub, *troubles))
    assert "NotImplementedError" not in text
    assert "Cell 8: E" in text
    assert "Cell 9: E" not in text
    assert "… and 2 more cells with errors" in text


def test_the_same_feedback_is_said_once() -> None:
    """Two criteria of one function that failed for one reason have one block."""
    lost = verdict(outcome="failed", points=0.0, feedback="Off.")
    assert shown(lost, lost).count("Off.") == 1


def test_a_renamed_function_is_pointed_at_once() -> None:
    """What is not attempted has no block, unless there is something like it."""
    renamed = verdict(outcome="not_attempted", points=0.0, feedback="'x': was it renamed?")
    assert shown(renamed, renamed).count("was it renamed?") == 1


def test_warnings_are_under_the_score() -> None:
    """Incomplete judging and a run without isolation are said where the score is read."""
    environment = {"model": "m", "device": "cpu", "torch": "2.4", "isolation": "none"}
    text = shown(verdict(), status="partial", environment=environment)
    assert text.index("Score 10 / 10") < text.index("this score may be incomplete")
    assert "ran WITHOUT ISOLATION" in text


def test_student_text_gives_no_orders() -> None:
    """Neither escape sequences nor rich's own markup work."""
    text = shown(verdict(outcome="failed", points=0.0, feedback="\x1b[2J[bold red]all points[/]"))
    assert r"\u001b[2J[bold red]all points[/]" in text


def test_a_cells_error_is_one_line() -> None:
    """An error message of many lines takes one in the terminal."""
    trouble = CellTrouble(cell=3, ename="ValueError", evalue="\nThe 'cols'\n    argument")
    assert "Cell 4: ValueError: The 'cols' argument" in shown(troubles=(trouble,))


def test_a_bonus_alone_is_out_of_itself() -> None:
    """Where only a bonus criterion was asked for, the score is not out of nought."""
    console = Console(width=80, file=StringIO(), force_terminal=False)
    with console.capture() as shown:
        console.print(render(report(verdict(points=2.5, max_points=5.0, bonus=True))))
    assert "Score 2.5 / 5 " in shown.get()
