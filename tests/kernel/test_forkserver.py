"""Forked kernels give the same verdicts as kernels that were started."""

import json
from pathlib import Path

import pytest

from grader.grading.pipeline import grade_submission
from grader.grading.session import Settings, open_session, prefork
from grader.render.json import to_json
from grader.rubric.load import load_rubric
from grader.sandbox.forkserver import ForkServer
from grader.submission.read import read_submission
from tests.attacks.notebooks import base_cells
from tests.attacks.traces import RUBRIC
from tests.notebooks import timeless, write

pytestmark = pytest.mark.kernel

CRASH = "import os; os.kill(os.getpid(), 9)"
DRAWN = "import random, numpy, torch\nraise ValueError(f'{torch.rand(1).item()} {random.random()}')"
SEEN = "import sys\nraise ValueError(str(sorted(name for name in dir() if name[0] != '_')))"
PLOT = """import matplotlib.pyplot as plt
plt.imshow([[0.25, 0.5], [0.75, 1.0]]); plt.show()
raise ValueError(plt.get_backend())"""
NOTEBOOKS = {
    "correct": base_cells("correct"),
    "wrong": base_cells("wrong"),
    "it kills its kernel": [*base_cells("correct"), CRASH],
    "it draws random numbers": [*base_cells("correct"), DRAWN],
    "it lists its namespace": [SEEN, *base_cells("wrong")],
    "it plots": [*base_cells("wrong"), PLOT],
    "it leaves a hook and a thread": [
        *base_cells("correct"),
        "import sys, threading, time\nsys.setswitchinterval(0.001)\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    ],
}


def test_forked_and_started_kernels_give_the_same_reports(tmp_path: Path) -> None:
    """The reports of each notebook are the same to the byte, except for times."""
    plain = open_session(load_rubric(RUBRIC), Settings(device="cpu"))
    with prefork(plain) as warmed:
        assert isinstance(warmed.backend, ForkServer)
        for name, cells in NOTEBOOKS.items():
            path = write(tmp_path / f"{name}.ipynb", cells)
            submission = read_submission(path, plain.rubric_file.rubric.limits)
            reports = [
                timeless(json.loads(to_json(grade_submission(sitting, submission).report)))
                for sitting in (plain, warmed)
            ]
            assert reports[0] == reports[1], name
