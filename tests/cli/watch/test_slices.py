"""Grading a function by the cells it needs gives the verdicts of the whole notebook."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli.watch.slice_grading import grade_slice
from grader.grading.pipeline import grade_submission
from grader.grading.session import GradingEvents, GradingSession, Settings, open_session, prefork
from grader.report.model import Verdict
from grader.rubric.load import load_rubric
from grader.submission.slices import NotebookAnalysis
from tests.builders import submission
from tests.held_out.filled import filled_template
from tests.notebooks import TEMPLATE, solved_template

pytestmark = [pytest.mark.kernel, pytest.mark.long]

EXAMPLE = TEMPLATE.with_name("example_submission.ipynb")


def cells_of(path: Path) -> list[str]:
    """Return a notebook's code cells."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


NOTEBOOKS = {
    "example": cells_of(EXAMPLE),
    "solved": solved_template(),
    "worked": cells_of(TEMPLATE.parents[1] / "reference" / "worked" / TEMPLATE.name),
    "held out, right": filled_template("first_right", 0),
    "held out, wrong": filled_template("second_wrong", 1),
}
SLICED = {"example": 11, "solved": 0, "worked": 9, "held out, right": 9, "held out, wrong": 10}
"""Minimum number of functions with a slice; the solved template has global state and none."""


def essence(verdict: Verdict) -> tuple[object, ...]:
    """Return everything in a verdict but its duration and hints."""
    return (
        verdict.id,
        verdict.outcome,
        verdict.points,
        verdict.feedback,
        verdict.misconception,
        verdict.variant,
    )


@pytest.fixture(scope="module")
def session() -> Iterator[GradingSession]:
    """Open a session with preloaded kernels, for all of these notebooks."""
    with prefork(open_session(load_rubric(None), Settings(device="cpu"))) as warmed:
        yield warmed


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_sliced_and_whole_verdicts_agree(session: GradingSession, name: str) -> None:
    """Every function with a slice gets the same verdicts, including the feedback."""
    rubric = session.rubric_file.rubric
    reading = NotebookAnalysis.from_submission(submission(*NOTEBOOKS[name]))
    functions = list(dict.fromkeys(c.function for c in rubric.criteria if c.function))
    sliced = [f for f in functions if reading.slice_for(rubric, f)]
    whole = {
        v.id: essence(v) for v in grade_submission(session, reading.submission).report.verdicts
    }
    graded_slices = 0
    for function in sliced:
        if graded := grade_slice(session, reading, [function], GradingEvents()):
            graded_slices += 1
            verdicts = graded.report.verdicts
            assert [essence(v) for v in verdicts] == [whole[v.id] for v in verdicts]
    assert graded_slices >= SLICED[name]


@pytest.mark.parametrize("code", ["helper", "open('made_elsewhere')"])
def test_an_inconclusive_slice_gives_no_verdict(session: GradingSession, code: str) -> None:
    """An error that a skipped cell may have caused gives no verdict."""
    body = f"def create_repeated_sequence(*_, **__):\n    {code}"
    reading = NotebookAnalysis.from_submission(submission("x = 1", body))
    assert reading.slice_for(session.rubric_file.rubric, "create_repeated_sequence") is not None
    assert grade_slice(session, reading, ["create_repeated_sequence"], GradingEvents()) is None
