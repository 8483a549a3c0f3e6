"""From a rubric and a notebook to a job."""

import json

from grader.execution.job import Instrumented, instrument
from grader.protocol.values import Recording
from grader.rubric.load import parse_rubric
from tests.builders import MINI_RUBRIC, submission

PROBES = """\
  drawn: {function: scores, figures: true}
  baseline: {function: baseline_loss}
  loss:
    function: loss
    expression: loss(small, t)
    models: {small: tiny}
    tensors: {t: [[1, 2]]}
    provide: [sequences]
variants:
"""
RUBRIC = parse_rubric(
    MINI_RUBRIC.replace("variants:\n", PROBES)
    .replace("models: {grading: planted-4x3}", "models: {grading: planted-4x3, tiny: generic-2x2}")
    .replace(
        "probes:",
        "recordings: {sequences: {replaces: f, parameters: {}, grid: {}, expression: f()}}\n"
        "probes:",
    ),
    name="mini.yaml",
).rubric
RECORDINGS = {
    name: Recording(replaces="f", parameters={"seed": None}, cycle="seed")
    for name in ("sequences", "unused")
}


def prepared(*sources: str) -> Instrumented:
    """The job of a notebook of these cells."""
    return instrument(submission(*sources), RUBRIC, RECORDINGS, device="cpu", seed=7)


def test_cells_run_as_they_are_but_for_installs() -> None:
    """A cell's code is its own; what is kept of it should it hang goes with it."""
    job = prepared("x = f()", "!pip install torch\nimport torch\ny = 1").job
    assert [cell.source for cell in job.cells] == ["x = f()", "pass\nimport torch\ny = 1"]
    assert [cell.definitions for cell in job.cells] == ["", "import torch"]


def test_skipped_installs_are_noted() -> None:
    """The report says which line was skipped, by the cell's number as people count."""
    notes = prepared("x = 1", "%pip install torch").notes
    assert notes == ("Cell 2: skipped '%pip install torch' (nothing needs installing)",)


def test_probes_are_resolved() -> None:
    """Names of models become models; tensors and the seed go with each probe."""
    probes = {probe.id: probe for probe in prepared("x = 1").job.probes}
    assert probes["loss"].models == {"small": "generic-2x2"}
    assert probes["loss"].tensors == {"t": [[1, 2]]}
    assert probes["scores"].models == {"model": "planted-4x3"}
    assert {probe.seed for probe in probes.values()} == {7}


def test_a_variable_is_asked_for_by_its_name() -> None:
    """A probe without an expression is the variable itself, and needs no model."""
    probes = {probe.id: probe for probe in prepared("x = 1").job.probes}
    assert (probes["baseline"].expression, probes["baseline"].models) == ("baseline_loss", {})


def test_stubs_are_not_called() -> None:
    """A function that is still a stub has no probe in the job, and is said not to be attempted."""
    found = prepared("def compute_induction_scores(model): pass")
    assert found.not_attempted == {"compute_induction_scores"}
    assert [probe.id for probe in found.job.probes] == ["baseline", "loss"]


def test_figures_come_from_cells() -> None:
    """A probe of figures is no expression: cells draw, and nothing is evaluated."""
    assert "drawn" not in {probe.id for probe in prepared("x = 1").job.probes}


def test_only_recordings_that_are_provided_travel() -> None:
    """The kernel gets no recording that no probe asks for."""
    assert list(prepared("x = 1").job.recordings) == ["sequences"]


def test_the_head_is_json_without_any_answer() -> None:
    """What the driver is told can be written, and holds nothing of points or tolerances."""
    text = json.dumps(prepared("x = 1").job.head())
    assert "planted-4x3" in text
    assert not {"points", "tolerance", "criteria", "hint"} & set(text.replace('"', " ").split())
