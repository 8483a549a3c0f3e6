"""The grader's own process imports no heavy libraries."""

import json
import subprocess
import sys

import pytest

from grader.cli.main import COMMANDS

HEAVY = {"torch", "transformer_lens", "nbclient", "reference", "IPython", "matplotlib", "plotly"}


@pytest.mark.parametrize(
    "module", ["grader.cli", "grader.grading.pipeline", "grader.cli.grade_notebook"]
)
def test_the_trusted_side_is_free_of_torch_and_answers(module: str) -> None:
    """A process that imports the grader loads no library of the kernel and no reference."""
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert not HEAVY & set(json.loads(done.stdout))


LIGHT = {"torch", "numpy", "pydantic", "rich", "yaml"}


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import grader", {*LIGHT, "click", "grader.errors"}),
        ("from grader import GraderError", {*LIGHT, "click"}),
        ("import grader.cli", LIGHT),
        ("from grader.cli import cli; cli(['--help'], standalone_mode=False)", LIGHT),
        *(
            (f"from grader.cli import cli; cli([{c!r}, '--help'], standalone_mode=False)", LIGHT)
            for c in COMMANDS
        ),
    ],
)
def test_the_package_and_its_help_are_light(code: str, absent: set[str]) -> None:
    """Importing `grader` loads nothing else; the command line's help loads only click."""
    script = f"{code}\nimport json, sys; print('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert absent & set(json.loads(done.stdout.splitlines()[-1])) == set()
