"""Ten attacks in one notebook do not change the reports of honest notebooks beside it."""

import json
from pathlib import Path

import pytest

from grader.render.json import to_json
from tests.attacks.grading import grade_file
from tests.attacks.notebooks import base_cells
from tests.attacks.sample import OWN_SAMPLES, read_sample
from tests.attacks.target import Target
from tests.notebooks import timeless, write

pytestmark = [pytest.mark.kernel, pytest.mark.long]

ATTACKS = (
    "forging/keep_publishing",
    "forging/overwrite_results",
    "stealing/import_the_solution",
    "network/tcp_loopback",
    "daemons/double_fork",
    "daemons/patient_thread",
    "persistence/startup_files",
    "persistence/site_packages",
    "persistence/caches_and_keys",
    "takeover/replace_display_pub",
)


def honest_report(base: str, target: Target, backend: str) -> str:
    """Return an honest notebook's report as JSON, without times."""
    path = write(target.submissions / f"honest_{base}.ipynb", base_cells(base))
    graded = grade_file(path, target, backend)
    assert graded.report is not None
    return json.dumps(timeless(json.loads(to_json(graded.report))), indent=2)


def combined(target: Target) -> Path:
    """Write a notebook of ten attacks, one per cell."""
    attacks = [read_sample(OWN_SAMPLES / f"{name}.py").code for name in ATTACKS]
    cells = [*base_cells("wrong"), f"WORLD = {target.facts()!r}", *attacks]
    return write(target.submissions / "attacked.ipynb", cells)


def test_neighbours_of_an_attack_are_graded_as_without_it(
    each_backend: str, target: Target
) -> None:
    """Both honest reports are unchanged to the byte, and the hostile one has no points."""
    backend = each_backend
    alone = [honest_report(base, target, backend) for base in ("correct", "wrong")]
    first = honest_report("correct", target, backend)
    hostile = grade_file(combined(target), target, backend)
    second = honest_report("wrong", target, backend)
    assert [first, second] == alone
    assert hostile.damage == []
    assert hostile.report is not None
    assert hostile.report.score == 0
