"""A function graded by the cells it needs is graded as it is by the whole notebook."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli.watch.regrade import grade_slice
from grader.grading.pipeline import grade_in
from grader.grading.session import Listener, Settings, Sitting, open_sitting, warm
from grader.report.model import Verdict
from grader.rubric.load import find_rubric
from grader.submission.slices import Reading
from tests.builders import submission
from tests.held_out.filled import filled
from tests.notebooks import TEMPLATE, solved_template

pytestmark = pytest.mark.kernel

EXAMPLE = TEMPLATE.with_name("example_submission.ipynb")


def cells_of(path: Path) -> list[str]:
    """A notebook's code."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


NOTEBOOKS = {
    "example": cells_of(EXAMPLE),
    "solved": solved_template(),
    "worked": cells_of(TEMPLATE.parents[1] / "reference" / "worked" / TEMPLATE.name),
    "held out, right": filled("first_right", 0),
    "held out, wrong": filled("second_wrong", 1),
}
SLICED = {"example": 11, "solved": 0, "worked": 9, "held out, right": 9, "held out, wrong": 10}
"""How many functions have a slice: the reference's remember a budget of memory."""


def said(verdict: Verdict) -> tuple[object, ...]:
    """What a verdict tells."""
    return (
        verdict.id,
        verdict.outcome,
        verdict.points,
        verdict.feedback,
        verdict.misconception,
        verdict.variant,
    )


@pytest.fixture(scope="module")
def sitting() -> Iterator[Sitting]:
    """Kernels that are ready, for all of these notebooks."""
    with warm(open_sitting(find_rubric(None), Settings(device="cpu"))) as warmed:
        yield warmed


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_sliced_and_whole_verdicts_agree(sitting: Sitting, name: str) -> None:
    """Every function's criteria, to the word; what has no slice is left to the whole notebook."""
    rubric = sitting.file.rubric
    reading = Reading.of(submission(*NOTEBOOKS[name]))
    functions = list(dict.fromkeys(c.function for c in rubric.criteria if c.function))
    sliced = [f for f in functions if reading.slice_for(rubric, f)]
    whole = {v.id: said(v) for v in grade_in(sitting, reading.submission).report.verdicts}
    told = 0
    for function in sliced:
        if graded := grade_slice(sitting, reading, [function], Listener()):
            told += 1
            verdicts = graded.report.verdicts
            assert [said(v) for v in verdicts] == [whole[v.id] for v in verdicts]
    assert told >= SLICED[name]


@pytest.mark.parametrize("code", ["helper", "open('made_elsewhere')"])
def test_doubt_is_left_to_the_whole_notebook(sitting: Sitting, code: str) -> None:
    """What a cell left out could be the reason of is no verdict."""
    body = f"def create_repeated_sequence(*_, **__):\n    {code}"
    reading = Reading.of(submission("x = 1", body))
    assert reading.slice_for(sitting.file.rubric, "create_repeated_sequence") is not None
    assert grade_slice(sitting, reading, ["create_repeated_sequence"], Listener()) is None
