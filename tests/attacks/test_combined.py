"""Ten attacks in one notebook, between two honest ones, leave those as they are alone."""

import json
from pathlib import Path

import pytest

from grader.render.json import to_json
from tests.attacks.grading import grade_file
from tests.attacks.notebooks import base_cells
from tests.attacks.sample import OURS, read_sample
from tests.attacks.world import World
from tests.notebooks import timeless, write

pytestmark = pytest.mark.kernel

TEN = (
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


def honest(base: str, world: World, backend: str) -> str:
    """An honest notebook's report."""
    path = write(world.submissions / f"honest_{base}.ipynb", base_cells(base))
    found = grade_file(path, world, backend)
    assert found.report is not None
    return json.dumps(timeless(json.loads(to_json(found.report))), indent=2)


def combined(world: World) -> Path:
    """A notebook of ten attacks, a cell each."""
    attacks = [read_sample(OURS / f"{name}.py").code for name in TEN]
    cells = [*base_cells("wrong"), f"WORLD = {world.facts()!r}", *attacks]
    return write(world.submissions / "attacked.ipynb", cells)


def test_neighbours_of_an_attack_are_graded_as_without_it(each_backend: str, world: World) -> None:
    """Both honest reports are the same to the byte, and the hostile one has no points."""
    backend = each_backend
    alone = [honest(base, world, backend) for base in ("correct", "wrong")]
    first = honest("correct", world, backend)
    hostile = grade_file(combined(world), world, backend)
    second = honest("wrong", world, backend)
    assert [first, second] == alone
    assert hostile.damage == []
    assert hostile.report is not None
    assert hostile.report.score == 0
