"""Attacks on values earn points from a naive grader, so they are real attacks."""

import json
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks.notebooks import base_cells
from tests.attacks.sample import OWN_SAMPLES, SHARED_SAMPLES, read_sample

pytestmark = pytest.mark.long

NAIVE = Path(__file__).with_name("naive.py")
FOOLED = {
    "forging/exit_status_and_summary": 100,
    "forging/results_by_pickle": 100,
    "lying_values/array_subclass": 3,
    "lying_values/complex_numbers": 1,
    "lying_values/infinities": 5,
    "lying_values/masked_arrays": 5,
    "lying_values/object_arrays": 6,
    "lying_values/overlapping_strides": 1,
    "lying_values/torch_function": 2,
    "lying_values/truth_for_numbers": 2,
    "lying_values/tuple_and_list_subclasses": 2,
    "lying_values/wide_and_narrow_numbers": 1,
    "stealing/walk_the_stack": 6,
    "takeover/meddle_with_callers": 1,
}
"""Samples that harm nothing but the score, with the points the naive grader gives for each."""
FOOLED_BY_SHARED = {"05_stdout_spoof": 100, "12_always_equal_object": 1, "16_nan_scores": 5}


def limit_memory() -> None:
    """Limit the address space, for values that pretend to be huge."""
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))


def naive_score(attack: str, folder: Path) -> int:
    """Return what the naive grader gives a wrong notebook with an attack appended."""
    cells = folder / "cells.json"
    cells.write_text(json.dumps([*base_cells("wrong"), attack]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", NAIVE, cells],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        preexec_fn=limit_memory,
    )
    match = re.search(r"SCORE: (\d+)", done.stdout)
    if match is not None:
        return int(match.group(1))
    results = folder / "results.json"
    return int(json.loads(results.read_text())["score"]) if results.is_file() else 0


def test_a_wrong_notebook_earns_nothing(tmp_path: Path) -> None:
    """The base earns nothing by itself, so points come from the attacks."""
    assert naive_score("", tmp_path) == 0


@pytest.mark.parametrize(("name", "points"), FOOLED.items())
def test_an_attack_fools_the_naive_grader(name: str, points: int, tmp_path: Path) -> None:
    """Each of these gets points from the naive grader, and none from ours (see test_suite)."""
    assert naive_score(read_sample(OWN_SAMPLES / f"{name}.py").code, tmp_path) >= points


@pytest.mark.parametrize(("name", "points"), FOOLED_BY_SHARED.items())
def test_a_shared_attack_fools_the_naive_grader(name: str, points: int, tmp_path: Path) -> None:
    """Shared samples, written by others, fool the naive grader as well."""
    path = SHARED_SAMPLES / f"{name}.py"
    if not path.is_file():
        pytest.skip("the shared samples are not part of this checkout")
    assert naive_score(read_sample(path, "shared").code, tmp_path) >= points
