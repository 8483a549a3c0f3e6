"""Cells that replace parts of Python or its libraries are found and run as definitions only."""

from pathlib import Path

import pytest

from tests.notebooks import LOAD, SEQUENCES, graded, write

pytestmark = pytest.mark.kernel

FUNCTION = "create_repeated_sequence"
REPLACEMENTS = {
    "run_cell": "get_ipython().run_cell = lambda *a, **k: None\n"
    "get_ipython().run_cell_async = get_ipython().run_cell",
    "json": "import json\njson.dumps = lambda *a, **k: '{}'\njson.JSONEncoder.encode = json.dumps",
    "randint": "import torch\ntorch.randint = lambda *a, **k: torch.zeros(1, 25)",
    "encoder": "from grader.kernel import probe\nprobe.encode = lambda thing, depth=0: None",
    "publish": "get_ipython().display_pub.publish = lambda *a, **k: None",
}


@pytest.mark.parametrize("replacement", REPLACEMENTS.values(), ids=REPLACEMENTS)
def test_replaced_functions_are_restored(tmp_path: Path, replacement: str) -> None:
    """The score is that of the notebook without the cell, and the report names the cell."""
    result = graded(
        write(tmp_path / "x.ipynb", [SEQUENCES, replacement, LOAD]), only=FUNCTION, cell=10
    )
    assert result.outcomes(FUNCTION) == {"passed"}
    assert result.errors()[1] in {"Unsound", "TimeLimit", "KernelDied"}


def test_settings_are_not_damage(tmp_path: Path) -> None:
    """A changed default dtype, seed, grad mode or print option does not count as damage."""
    settings = """
import torch, numpy as np, random
torch.set_default_dtype(torch.float64); torch.manual_seed(5); np.random.seed(5); random.seed(5)
torch.set_grad_enabled(True); torch.set_printoptions(precision=2); np.set_printoptions(2)
import warnings; warnings.simplefilter("ignore")
"""
    result = graded(write(tmp_path / "x.ipynb", [settings, SEQUENCES]), only=FUNCTION)
    assert result.outcomes(FUNCTION) == {"passed"}
    assert result.errors() == {}
