"""What is collected, and what a run without a lab has of the plugin: nothing."""

import json
from importlib import metadata
from pathlib import Path

import pytest

from grader.rubric.load import find_rubric
from tests.attacks.traces import RUBRIC
from tests.notebooks import write
from tests.pytest_plugin.running import MINI, PLUGIN, notebooks, ran

IDS = [
    "create_repeated_sequence::sequence",
    "compute_induction_scores::scores",
    "compute_prev_token_scores::prev_scores",
    "compute_k_composition::k_composition",
    "ablate_heads::ablation",
    "measure_induction_loss::loss",
]
LISTS = """
import sys
def pytest_sessionfinish():
    print(sorted(name for name in sys.modules if name.partition(".")[0] == "grader"))
"""


def collected(folder: Path, *more: str) -> list[str]:
    """The tests that are found, by their ids."""
    found = ran(folder, "--collect-only", "-q", *more)
    assert found.code in {0, 5}, found.out
    return [said for said in found.out.splitlines() if "::" in said]


def test_pytest_finds_the_plugin_by_itself() -> None:
    """It is installed under the name of its module, so that naming it with `-p` loads no second."""
    (point,) = metadata.entry_points(group="pytest11", name=PLUGIN)
    assert point.value == PLUGIN


def test_without_a_lab_nothing_happens(tmp_path: Path) -> None:
    """No notebook is collected, and nothing of the grader is imported but the options."""
    notebooks(tmp_path, lab="correct")
    (tmp_path / "conftest.py").write_text(LISTS)
    found = ran(tmp_path, ".")
    assert found.code == 5, found.out
    assert f"['grader', 'grader.pytest_plugin', '{PLUGIN}']" in found.out


def test_each_criterion_is_a_test_under_its_function(tmp_path: Path) -> None:
    """In the rubric's order, without running anything, beside the tests of Python files."""
    notebooks(tmp_path, lab="wrong")
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n")
    tests = [f"lab.ipynb::{name}" for name in IDS]
    assert collected(tmp_path, ".", MINI) == [*tests, "test_own.py::test_own"]
    assert collected(tmp_path, "lab.ipynb", MINI, "-k", "induction") == [tests[1], tests[5]]
    assert collected(tmp_path, "lab.ipynb::ablate_heads", MINI) == [tests[4]]
    assert collected(tmp_path, tests[3], MINI) == [tests[3]]


def test_a_lab_is_named_as_on_the_command_line_of_grade(tmp_path: Path) -> None:
    """Every criterion of the lab's rubric is there, once."""
    notebooks(tmp_path, lab="wrong")
    found = collected(tmp_path, "lab.ipynb", "--lab", "induction_heads")
    criteria = find_rubric("induction_heads").rubric.criteria
    assert sorted(name.rpartition("::")[2] for name in found) == sorted(c.id for c in criteria)


def test_a_course_names_its_lab_in_pytest_ini(tmp_path: Path) -> None:
    """Then `pytest` is all; a rubric file is named from there, and an empty name is no lab."""
    notebooks(tmp_path, lab="wrong")
    (tmp_path / "mini.yaml").write_bytes(RUBRIC.read_bytes())
    (tmp_path / "pytest.ini").write_text("[pytest]\nlab = mini.yaml\n")
    (tmp_path / "below").mkdir()
    assert len(collected(tmp_path)) == len(IDS)
    assert len(collected(tmp_path / "below", "../lab.ipynb")) == len(IDS)
    assert collected(tmp_path, "--lab=") == []


def test_of_a_folder_the_labs_notebooks_are_taken(tmp_path: Path) -> None:
    """Not Jupyter's copies, nor a lecture's, which is said; one that is named is always taken."""
    notebooks(tmp_path, lab="wrong")
    write(tmp_path / "lecture.ipynb", ["x = 1"])
    copies = tmp_path / ".ipynb_checkpoints"
    copies.mkdir()
    notebooks(copies, copy="wrong")
    everywhere = ("-o", "norecursedirs=none")
    assert {name.partition("::")[0] for name in collected(tmp_path, ".", MINI, *everywhere)} == {
        "lab.ipynb"
    }
    found = ran(tmp_path, ".", MINI, "--collect-only")
    assert "left out: lecture.ipynb (it defines nothing of the lab" in found.out
    for name in ("lecture.ipynb", ".ipynb_checkpoints/copy.ipynb"):
        assert len(collected(tmp_path, name, MINI)) == len(IDS)


@pytest.mark.parametrize(
    "text", ["", "x = 1", "[]", json.dumps({"cells": []})], ids=["empty", "code", "list", "no code"]
)
def test_what_is_no_notebook_is_one_clear_error(tmp_path: Path, text: str) -> None:
    """It says what is wrong, and nothing is graded for it."""
    (tmp_path / "lab.ipynb").write_text(text)
    found = ran(tmp_path, "lab.ipynb", MINI)
    assert found.code == 2
    assert "ERROR collecting lab.ipynb" in found.out
    assert "lab.ipynb " in found.out.split("ERROR collecting lab.ipynb")[1]
    assert "Traceback" not in found.out
    assert found.counts == {"tests": 1, "errors": 1, "failures": 0, "skipped": 0}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("--lab=nothing", "ERROR: No lab is named 'nothing': choose one of induction_heads"),
        ("--lab=broken.yaml", "ERROR: broken.yaml:3: total: "),
        ("--lab-seed=-1", "'-1' is no whole number from 0 to 2147483647"),
        ("--lab-hints=4", "invalid choice: 4"),
    ],
)
def test_wrong_usage_is_said_before_anything_runs(tmp_path: Path, more: str, said: str) -> None:
    """In pytest's way: a line, and exit code 4."""
    notebooks(tmp_path, lab="wrong")
    (tmp_path / "broken.yaml").write_text(RUBRIC.read_text().replace("total: 100", ""))
    found = ran(tmp_path, "lab.ipynb", MINI, more)
    assert (found.code, said in found.out, "Traceback" in found.out) == (4, True, False), found.out


def test_workers_are_given_one_seed(tmp_path: Path) -> None:
    """With hidden probes and no seed one is drawn, and every process of the run has the same."""
    notebooks(tmp_path, lab="wrong")
    (tmp_path / "conftest.py").write_text(
        "import os, pathlib\n"
        "def pytest_sessionstart(session):\n"
        "    name = os.environ.get('PYTEST_XDIST_WORKER', 'main')\n"
        "    seed = session.config.pluginmanager.get_plugin('lab')._desk.settings.seed\n"
        "    pathlib.Path(f'{name}.seed').write_text(str(seed))\n"
    )
    ran(tmp_path, "lab.ipynb", MINI, "--lab-full", "-n", "2", "-k", "nothing")
    seeds = [path.read_text() for path in tmp_path.glob("*.seed")]
    assert len(seeds) == 3
    assert len(set(seeds)) == 1
    assert seeds[0].isdecimal()
