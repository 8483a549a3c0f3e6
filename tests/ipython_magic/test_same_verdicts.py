"""`%grade` gives the verdicts of `grade`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ipython_magic.kernel import LOADED, LiveKernel, started
from tests.notebooks import LOAD, SEQUENCES, TEMPLATE, graded, reference_cells, write

pytestmark = pytest.mark.kernel

EXAMPLE = TEMPLATE.with_name("example_submission.ipynb")
WRONG = """
def compute_k_compositions(*args):
    return 0.0

def compute_induction_scores(model, seq_len=25, n_samples=10):
    rows = []
    return rows[seq_len]

def ablate_heads(model, tokens, heads_to_ablate, method="zero"):
    pass
"""


def code(path: Path) -> list[str]:
    """Return a notebook's code cells."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


NOTEBOOKS = {
    "right": [LOAD, *reference_cells()],
    "example": code(EXAMPLE),
    "renamed, raising and a stub": [LOAD, SEQUENCES, WRONG],
}


@pytest.fixture(scope="module")
def kernel() -> Iterator[LiveKernel]:
    """Start a kernel; its namespace is reset between notebooks."""
    with started(*LOADED) as kernel:
        yield kernel


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_functions_get_the_verdicts_of_grade(kernel: LiveKernel, tmp_path: Path, name: str) -> None:
    """Verdicts agree on right, wrong, renamed, raising and empty functions."""
    cells = NOTEBOOKS[name]
    path = write(tmp_path / "x.ipynb", cells)
    expected = {v.id: v.to_dict() for v in graded(path).report.verdicts}
    kernel.run("%reset -f", *LOADED, *cells)
    found = kernel.report()
    assert expected.keys() - found.keys() == {"scores_drawn", "patterns_drawn"}
    for criterion, verdict in found.items():
        wanted = {k: v for k, v in expected[criterion].items() if k not in {"id", "seconds"}}
        assert verdict == wanted, criterion
