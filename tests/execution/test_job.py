"""A rubric and a notebook become a job."""

import json

from grader.execution.job import PreparedSubmission, prepare_submission
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
    use_recordings: [sequences]
variants:
"""
RUBRIC = parse_rubric(
    MINI_RUBRIC.replace("variants:\n", PROBES)
    .replace("models: {grading: planted-4x3}", "models: {grading: planted-4x3, tiny: generic-2x2}")
    .replace(
        "probes:",
        "recordings: {sequences: {function: f, parameters: {}, inputs: {}, expression: f()}}\n"
        "probes:",
    ),
    name="mini.yaml",
).rubric
RECORDINGS = {
    name: Recording(replaces="f", parameters={"seed": None}, cycle="seed")
    for name in ("sequences", "unused")
}


def prepared(*sources: str) -> PreparedSubmission:
    """Prepare a notebook of these cells."""
    return prepare_submission(submission(*sources), RUBRIC, RECORDINGS, device="cpu", seed=7)


def test_cells_run_as_they_are_but_for_installs() -> None:
    """Cells are unchanged apart from installations; each carries the definitions to keep."""
    job = prepared("x = f()", "!pip install torch\nimport torch\ny = 1").job
    assert [cell.source for cell in job.cells] == ["x = f()", "pass\nimport torch\ny = 1"]
    assert [cell.definitions for cell in job.cells] == ["", "import torch"]


def test_skipped_installs_are_noted() -> None:
    """A note names the skipped line and its cell, counted from 1."""
    notes = prepared("x = 1", "%pip install torch").notes
    assert notes == ("Cell 2: skipped '%pip install torch' (nothing needs installing)",)


def test_probes_are_resolved() -> None:
    """Model names are resolved; tensors and the seed are part of each probe."""
    probes = {probe.id: probe for probe in prepared("x = 1").job.probes}
    assert probes["loss"].models == {"small": "generic-2x2"}
    assert probes["loss"].tensors == {"t": [[1, 2]]}
    assert probes["scores"].models == {"model": "planted-4x3"}
    assert {probe.seed for probe in probes.values()} == {7}


def test_a_variable_is_read_by_its_name() -> None:
    """A probe without an expression reads the variable, and needs no model."""
    probes = {probe.id: probe for probe in prepared("x = 1").job.probes}
    assert (probes["baseline"].expression, probes["baseline"].models) == ("baseline_loss", {})


def test_stubs_are_not_called() -> None:
    """A stub has no probe in the job and is listed as not attempted."""
    result = prepared("def compute_induction_scores(model): pass")
    assert result.not_attempted == {"compute_induction_scores"}
    assert [probe.id for probe in result.job.probes] == ["baseline", "loss"]


def test_figures_come_from_cells() -> None:
    """A probe of figures evaluates nothing: figures are collected while cells run."""
    assert "drawn" not in {probe.id for probe in prepared("x = 1").job.probes}


def test_only_needed_recordings_are_sent() -> None:
    """A recording that no probe replays is not part of the job."""
    assert list(prepared("x = 1").job.recordings) == ["sequences"]


def test_the_header_is_json_without_any_answer() -> None:
    """The header serializes to JSON and holds no points or tolerances."""
    text = json.dumps(prepared("x = 1").job.header())
    assert "planted-4x3" in text
    assert not {"points", "tolerance", "criteria", "hint"} & set(text.replace('"', " ").split())
