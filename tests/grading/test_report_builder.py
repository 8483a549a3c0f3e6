"""A run's result becomes a report, without running anything."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from grader.execution.job import prepare_submission
from grader.execution.result import CellOutcome, RunResult
from grader.grading.report_builder import build_report, collect_observations
from grader.protocol.values import Failure, Observation, SequenceValue
from grader.report.model import Report
from grader.rubric.load import parse_rubric
from tests.builders import MINI_RUBRIC, answer_key, array, figure, submission

DRAWN = "  drawn: {function: scores, figures: true}\nvariants:\n"
FILE = parse_rubric(MINI_RUBRIC.replace("variants:\n", DRAWN), name="mini.yaml")
KEY = answer_key({"scores": array([[1.0]]), "shape": array([[1.0]])})
RIGHT = {"scores": array([[1.0]]), "shape": array([[1.0]])}
NEAR = {"scores": array([[1.004]]), "shape": array([[1.0]])}
STUB = "def compute_induction_scores(model):\n    raise NotImplementedError"


def execution(observations: Mapping[str, Observation], **changes: Any) -> RunResult:
    """Return a run's result."""
    plain = RunResult(
        environment={"device": "cpu", "torch": "2.4", "model": "planted-4x3"},
        cells=(),
        observations=observations,
        seconds={},
        heatmaps=SequenceValue(kind="figure", items=()),
        complete=True,
    )
    return replace(plain, **changes)


def reported(run: RunResult, *sources: str) -> Report:
    """Return the report on a run of these cells."""
    notebook = submission(*(sources or ("x = 1",)))
    prepared = prepare_submission(notebook, FILE.rubric, {}, device="cpu", seed=0)
    return build_report(notebook, FILE, KEY, prepared, run)


def observations_of(run: RunResult, *sources: str) -> dict[str, Observation]:
    """Return every probe's observation."""
    prepared = prepare_submission(
        submission(*(sources or ("x = 1",))), FILE.rubric, {}, device="cpu", seed=0
    )
    return collect_observations(FILE.rubric, prepared, run)


def test_every_probe_has_an_observation() -> None:
    """A probe that was never reached hit the notebook's limit; without figures one is missing."""
    cut_off = Failure(kind="timed_out", message="notebook")
    missing = Failure(kind="missing")
    assert observations_of(execution({})) == {"scores": cut_off, "shape": cut_off, "drawn": missing}


def test_figures_are_those_that_cells_drew() -> None:
    """Figures come from cells, not from an answer to a probe of that name."""
    run = execution({"drawn": array([[9.0]])}, heatmaps=figure([[1.0]]))
    assert repr(observations_of(run)["drawn"]) == repr(figure([[1.0]]))


def test_a_stub_is_not_attempted_whatever_was_sent() -> None:
    """A value for a function that is still a stub does not count."""
    assert observations_of(execution(RIGHT), STUB)["scores"] == Failure(
        kind="not_attempted", message="compute_induction_scores"
    )
    assert reported(execution(RIGHT), STUB).score == 0


def test_a_complete_run_is_graded() -> None:
    """A complete run has a score, an environment and a seed."""
    report = reported(execution(RIGHT))
    assert (report.status, report.score, report.full_marks) == ("graded", 10, True)
    assert (report.environment["seed"], report.environment["model"]) == (0, "planted-4x3")


@pytest.mark.parametrize(
    "run", [execution({}), execution(RIGHT, complete=False)], ids=["nothing sent", "cut off"]
)
def test_an_incomplete_run_is_partial(run: RunResult) -> None:
    """An incomplete run is reported as partial."""
    assert reported(run).status == "partial"


def test_another_kind_of_device_widens_the_tolerance() -> None:
    """A key from a CPU judges answers from a GPU by the cross-device tolerance."""
    on_gpu = execution(NEAR, environment={"device": "cuda"})
    assert reported(on_gpu).full_marks
    assert not reported(execution(NEAR)).full_marks


@pytest.mark.parametrize(
    ("cell", "ename"),
    [
        (CellOutcome(index=2, status="error", seconds=1, ename="KeyError", evalue="x"), "KeyError"),
        (CellOutcome(index=2, status="timed_out", seconds=1, limit="cell"), "TimeLimit"),
        (CellOutcome(index=2, status="died", seconds=1), "KernelDied"),
        (CellOutcome(index=2, status="skipped", seconds=1), "NotRun"),
    ],
)
def test_cells_that_did_not_run_to_their_end_are_listed(cell: CellOutcome, ename: str) -> None:
    """Each cell that did not complete is listed with its error."""
    fine = CellOutcome(index=1, status="ok", seconds=1)
    (trouble,) = reported(execution(RIGHT, cells=(fine, cell))).cell_errors
    assert (trouble.cell, trouble.ename) == (2, ename)
