"""The grader's process stays small: what it never imports."""

import json
import subprocess
import sys

import pytest

HEAVY = {"torch", "transformer_lens", "nbclient", "reference", "IPython", "matplotlib", "plotly"}


@pytest.mark.parametrize(
    "module", ["grader.cli", "grader.grading.pipeline", "grader.cli.grade_notebook"]
)
def test_the_trusted_side_is_free_of_torch_and_answers(module: str) -> None:
    """A fresh process that imports the grader has loaded no kernel's library and no reference."""
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert not HEAVY & set(json.loads(done.stdout))


def test_help_loads_neither_numpy_nor_pydantic() -> None:
    """The command line alone is instant: commands load on demand."""
    code = "import sys, grader.cli; print(sorted({'numpy', 'pydantic', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
