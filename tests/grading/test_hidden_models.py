"""Hidden models catch answers that fit public models only, and stay secret."""

import json
from pathlib import Path

import pytest

from grader.answer_key.build import build_key
from grader.answer_key.file import encode_key
from grader.answer_key.model import AnswerKey, KeyRequest
from grader.grading.pipeline import grade_notebook
from grader.render.html import to_html
from grader.report.model import Report
from grader.rubric.load import load_rubric
from tests.notebooks import LOAD, SEQUENCES, reference_cells, write

pytestmark = pytest.mark.kernel

FILE = load_rubric(None)
SEED = 20261122
HARD_CODED = """
import numpy as np

def compute_induction_scores(model, seq_len=25, n_samples=10):
    scores = np.zeros((12, 12))
    for sample in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=sample))
        for layer in range(12):
            pattern = cache["pattern", layer][0]
            stripe = pattern.diagonal(1 - seq_len, dim1=-2, dim2=-1)[:, 1:]
            scores[layer] += stripe.mean(-1).numpy() / n_samples
    return scores
"""

PEEK = """
seen = torch.initial_seed()

def test_induction_accuracy(model, seq_len=20, n_tests=5):
    raise ValueError(str(seen))
"""


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, AnswerKey]:
    """Build a hidden key and write it to a file."""
    key = build_key(FILE, KeyRequest(device="cpu", seed=SEED, hidden=True))
    path = tmp_path_factory.mktemp("keys") / "hidden.key"
    path.write_bytes(encode_key(key))
    return path, key


def full(path: Path, hidden_key: Path, only: str | None = None) -> Report:
    """Grade with the hidden probes."""
    return grade_notebook(path, rubric=FILE, device="cpu", key=hidden_key, only=only)


def test_a_hidden_key_holds_the_hidden_probes_alone(hidden: tuple[Path, AnswerKey]) -> None:
    """A hidden key holds no public answers, and records the seed that drew its models."""
    _, key = hidden
    assert key.expected.keys() == {n for n, p in FILE.rubric.probes.items() if p.hidden}
    assert (key.provenance.seed, key.provenance.hidden) == (SEED, True)
    assert all(answers.keys() <= key.expected.keys() for answers in key.mistakes.values())


def test_the_reference_passes_on_hidden_models(
    tmp_path: Path, hidden: tuple[Path, AnswerKey]
) -> None:
    """The reference loses no points on hidden models."""
    path = write(tmp_path / "right.ipynb", [LOAD, *reference_cells()])
    report = full(path, hidden[0])
    functions = {p.function for p in FILE.rubric.probes.values() if p.hidden}
    lost = [
        v.feedback for v in report.verdicts if v.function in functions and v.points < v.max_points
    ]
    assert lost == []
    assert {v.function for v in report.verdicts} >= functions


def test_a_hard_coded_shape_loses_on_hidden_models(
    tmp_path: Path, hidden: tuple[Path, AnswerKey]
) -> None:
    """A hard-coded 12 x 12 fails on hidden models; its feedback reveals nothing about them."""
    path = write(tmp_path / "hard.ipynb", [LOAD, SEQUENCES, HARD_CODED])
    report = full(path, hidden[0], "scores_planted")
    (verdict,) = report.verdicts
    assert 0 < verdict.points < verdict.max_points / 2
    assert not any(name in json.dumps(report.to_dict()["criteria"]) for name in ("planted-", "@"))


def test_the_seed_is_for_the_instructor_alone(
    tmp_path: Path, hidden: tuple[Path, AnswerKey]
) -> None:
    """The seed is in the JSON report, but not in the student's page or kernel."""
    cells = [LOAD, SEQUENCES, PEEK]
    report = full(write(tmp_path / "peek.ipynb", cells), hidden[0], "accuracy_values")
    assert report.to_dict()["environment"]["seed"] == SEED
    assert str(SEED) not in to_html(report)
    assert str(SEED) not in json.dumps(report.to_dict()["criteria"])
