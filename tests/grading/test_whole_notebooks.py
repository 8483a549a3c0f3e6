"""Whole notebooks are graded from file to report: right, empty and mistaken ones."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks import TEMPLATE, Graded, graded, solved_template, write

LAB = Path(__file__).parents[2].parent / "shared" / "lab" / "lab_c3.ipynb"
EXAMPLE = TEMPLATE.with_name("example_submission.ipynb")
EXERCISES = {
    "plot_attention_pattern",
    "ablation_effects",
    "natural_language_induction",
    "induction_formation",
}

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize("model", [None, pytest.param("planted-7x5@3", marks=pytest.mark.long)])
def test_reference_in_the_template_earns_everything(tmp_path: Path, model: str | None) -> None:
    """The template with the reference earns all points and the bonus, on other models too."""
    result = graded(write(tmp_path / "solved.ipynb", solved_template()), model=model)
    assert not result.errors()
    assert result.lost() == set(), [v.feedback for v in result.report.verdicts]
    assert result.report.score == 105


def test_untouched_template_earns_nothing() -> None:
    """Every criterion of an untouched template is not attempted and earns 0 points."""
    result = graded(TEMPLATE)
    assert {v.outcome for v in result.report.verdicts} == {"not_attempted"}
    assert result.report.score == 0


@pytest.fixture(scope="module")
def example() -> Graded:
    """Grade the example submission, once."""
    return graded(EXAMPLE)


def test_example_mistakes_are_named(example: Graded) -> None:
    """The two known mistakes of the example are recognised."""
    named = {v.misconception for v in example.report.verdicts} - {None}
    assert named == {"target_not_shifted", "late_binding"}


def test_example_mistakes_do_not_spread(example: Graded) -> None:
    """Functions that call a wrong function lose no points for it."""
    assert example.outcomes("measure_induction_loss") == {"passed"}
    assert example.outcomes("ablation_effects") == {"passed"}
    assert example.outcomes("compute_k_composition") == {"passed"}


@pytest.mark.long
def test_lab_notebook_earns_everything_but_the_exercises(tmp_path: Path) -> None:
    """The printed lab earns all points outside the exercises; its JSON is deterministic."""
    if not LAB.is_file():
        pytest.skip(f"the lab's notebook is not at {LAB}")
    first, *others = (_command(LAB, tmp_path / f"{i}.json") for i in range(3))
    lost = {c["function"] for c in first["criteria"] if c["points"] < c["max_points"]}
    assert lost == EXERCISES
    assert all(
        c["outcome"] == "not_attempted" for c in first["criteria"] if c["function"] in EXERCISES
    )
    variants = {c["id"]: c["variant"] for c in first["criteria"]}
    assert variants["k_composition_values"] == "as_printed"
    assert variants["ablate_mean"] == "scalar_mean"
    assert all(_timeless(other) == _timeless(first) for other in others)


def test_a_second_run_gives_the_same_report(tmp_path: Path) -> None:
    """The same notebook and seed give the same JSON, apart from durations."""
    cells = [
        "import torch",
        "def create_repeated_sequence(seq_len=25, seed=None):\n    return torch.rand(2)",
    ]
    path = write(tmp_path / "x.ipynb", cells)
    first, second = (
        graded(path, only="create_repeated_sequence").report.to_dict() for _ in range(2)
    )
    assert _timeless(first) == _timeless(second)


def _command(notebook: Path, output: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "grader", str(notebook), "--json", str(output)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1
    loaded: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return loaded


def _timeless(report: object) -> object:
    """Return a report without durations."""
    if isinstance(report, dict):
        return {key: _timeless(value) for key, value in report.items() if key != "seconds"}
    return [_timeless(part) for part in report] if isinstance(report, list) else report
