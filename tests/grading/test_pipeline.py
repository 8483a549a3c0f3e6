"""From what a run gave to a report, without running anything."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from grader.execution.job import instrument
from grader.execution.result import CellOutcome, Execution
from grader.grading.pipeline import judge, observed
from grader.protocol.values import Failure, Group, Observation
from grader.report.model import Report
from grader.rubric.load import parse_rubric
from tests.builders import MINI_RUBRIC, answer_key, array, figure, submission

DRAWN = "  drawn: {function: scores, figures: true}\nvariants:\n"
FILE = parse_rubric(MINI_RUBRIC.replace("variants:\n", DRAWN), name="mini.yaml")
KEY = answer_key({"scores": array([[1.0]]), "shape": array([[1.0]])})
RIGHT = {"scores": array([[1.0]]), "shape": array([[1.0]])}
NEAR = {"scores": array([[1.004]]), "shape": array([[1.0]])}
STUB = "def compute_induction_scores(model):\n    raise NotImplementedError"


def execution(observations: Mapping[str, Observation], **changes: Any) -> Execution:
    """What a run gave."""
    plain = Execution(
        environment={"device": "cpu", "torch": "2.4", "model": "planted-4x3"},
        cells=(),
        observations=observations,
        seconds={},
        heatmaps=Group(kind="figure", items=()),
        complete=True,
    )
    return replace(plain, **changes)


def reported(run: Execution, *sources: str) -> Report:
    """The report on a run of these cells."""
    handed_in = submission(*(sources or ("x = 1",)))
    prepared = instrument(handed_in, FILE.rubric, {}, device="cpu", seed=0)
    return judge(handed_in, FILE, KEY, prepared, run)


def seen(run: Execution, *sources: str) -> dict[str, Observation]:
    """Every probe's observation."""
    prepared = instrument(
        submission(*(sources or ("x = 1",))), FILE.rubric, {}, device="cpu", seed=0
    )
    return observed(FILE.rubric, prepared, run)


def test_every_probe_has_an_observation() -> None:
    """What the driver never sent was cut off by the notebook's limit; no figure is missing."""
    cut_off = Failure(kind="timed_out", message="notebook")
    missing = Failure(kind="missing")
    assert seen(execution({})) == {"scores": cut_off, "shape": cut_off, "drawn": missing}


def test_figures_are_those_that_cells_drew() -> None:
    """Not what the kernel answers to a probe of that name."""
    run = execution({"drawn": array([[9.0]])}, heatmaps=figure([[1.0]]))
    assert repr(seen(run)["drawn"]) == repr(figure([[1.0]]))


def test_a_stub_is_not_attempted_whatever_was_sent() -> None:
    """A value for a function that is not written counts for nothing."""
    assert seen(execution(RIGHT), STUB)["scores"] == Failure(
        kind="not_attempted", message="compute_induction_scores"
    )
    assert reported(execution(RIGHT), STUB).score == 0


def test_a_complete_run_is_graded() -> None:
    """Score, environment and seed are in the report."""
    found = reported(execution(RIGHT))
    assert (found.status, found.score, found.full_marks) == ("graded", 10, True)
    assert (found.environment["seed"], found.environment["model"]) == (0, "planted-4x3")


@pytest.mark.parametrize(
    "run", [execution({}), execution(RIGHT, complete=False)], ids=["nothing sent", "cut off"]
)
def test_an_incomplete_run_is_partial(run: Execution) -> None:
    """A report that may lack something says so."""
    assert reported(run).status == "partial"


def test_another_kind_of_device_widens_the_tolerance() -> None:
    """A CPU's key judges a GPU's answers by the class for that, and only those."""
    on_gpu = execution(NEAR, environment={"device": "cuda"})
    assert reported(on_gpu).full_marks
    assert not reported(execution(NEAR)).full_marks


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (CellOutcome(index=2, status="error", seconds=1, ename="KeyError", evalue="x"), "KeyError"),
        (CellOutcome(index=2, status="timed_out", seconds=1, limit="cell"), "TimeLimit"),
        (CellOutcome(index=2, status="died", seconds=1), "KernelDied"),
        (CellOutcome(index=2, status="skipped", seconds=1), "NotRun"),
    ],
)
def test_cells_that_did_not_run_to_their_end_are_listed(cell: CellOutcome, said: str) -> None:
    """Each with a name for what happened; cells that ran are not."""
    fine = CellOutcome(index=1, status="ok", seconds=1)
    (trouble,) = reported(execution(RIGHT, cells=(fine, cell))).troubles
    assert (trouble.cell, trouble.ename) == (2, said)
