"""The plugin collects a lab's notebooks, and does nothing without a lab."""

import json
from importlib import metadata
from pathlib import Path

import pytest

from grader.rubric.load import load_rubric
from tests.attacks.traces import RUBRIC
from tests.notebooks import write
from tests.pytest_plugin.running import MINI, PLUGIN, notebooks, run_pytest

IDS = [
    "create_repeated_sequence::sequence",
    "compute_induction_scores::scores",
    "compute_prev_token_scores::prev_scores",
    "compute_k_composition::k_composition",
    "ablate_heads::ablation",
    "measure_induction_loss::loss",
]
LIST_MODULES = """
import sys
def pytest_sessionfinish():
    print(sorted(name for name in sys.modules if name.partition(".")[0] == "grader"))
"""


def collected(folder: Path, *more: str) -> list[str]:
    """Return the ids of the collected tests."""
    done = run_pytest(folder, "--collect-only", "-q", *more)
    assert done.code in {0, 5}, done.out
    return [line for line in done.out.splitlines() if "::" in line]


def test_pytest_finds_the_plugin_by_itself() -> None:
    """The entry point is named like the module, so that `-p` does not load it twice."""
    (point,) = metadata.entry_points(group="pytest11", name=PLUGIN)
    assert point.value == PLUGIN


def test_without_a_lab_nothing_happens(tmp_path: Path) -> None:
    """No notebook is collected, and only the module with the options is imported."""
    notebooks(tmp_path, lab="correct")
    (tmp_path / "conftest.py").write_text(LIST_MODULES)
    done = run_pytest(tmp_path, ".")
    assert done.code == 5, done.out
    assert f"['grader', 'grader.pytest_plugin', '{PLUGIN}']" in done.out


def test_each_criterion_is_a_test_under_its_function(tmp_path: Path) -> None:
    """Tests are collected in the rubric's order, beside Python tests, without running anything."""
    notebooks(tmp_path, lab="wrong")
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n")
    tests = [f"lab.ipynb::{name}" for name in IDS]
    assert collected(tmp_path, ".", MINI) == [*tests, "test_own.py::test_own"]
    assert collected(tmp_path, "lab.ipynb", MINI, "-k", "induction") == [tests[1], tests[5]]
    assert collected(tmp_path, "lab.ipynb::ablate_heads", MINI) == [tests[4]]
    assert collected(tmp_path, tests[3], MINI) == [tests[3]]


def test_a_lab_is_named_as_on_the_command_line_of_grade(tmp_path: Path) -> None:
    """Every criterion of the lab's rubric is collected, once."""
    notebooks(tmp_path, lab="wrong")
    found = collected(tmp_path, "lab.ipynb", "--lab", "induction_heads")
    criteria = load_rubric("induction_heads").rubric.criteria
    assert sorted(name.rpartition("::")[2] for name in found) == sorted(c.id for c in criteria)


def test_a_course_names_its_lab_in_pytest_ini(tmp_path: Path) -> None:
    """The setting replaces the option; its rubric file is relative; an empty name means no lab."""
    notebooks(tmp_path, lab="wrong")
    (tmp_path / "mini.yaml").write_bytes(RUBRIC.read_bytes())
    (tmp_path / "pytest.ini").write_text("[pytest]\nlab = mini.yaml\n")
    (tmp_path / "below").mkdir()
    assert len(collected(tmp_path)) == len(IDS)
    assert len(collected(tmp_path / "below", "../lab.ipynb")) == len(IDS)
    assert collected(tmp_path, "--lab=") == []


def test_a_folders_lab_notebooks_are_collected(tmp_path: Path) -> None:
    """Checkpoints and other notebooks are left out, with a note; named ones never are."""
    notebooks(tmp_path, lab="wrong")
    write(tmp_path / "lecture.ipynb", ["x = 1"])
    copies = tmp_path / ".ipynb_checkpoints"
    copies.mkdir()
    notebooks(copies, copy="wrong")
    everywhere = ("-o", "norecursedirs=none")
    assert {name.partition("::")[0] for name in collected(tmp_path, ".", MINI, *everywhere)} == {
        "lab.ipynb"
    }
    done = run_pytest(tmp_path, ".", MINI, "--collect-only")
    assert "left out: lecture.ipynb (it defines nothing of the lab" in done.out
    for name in ("lecture.ipynb", ".ipynb_checkpoints/copy.ipynb"):
        assert len(collected(tmp_path, name, MINI)) == len(IDS)


@pytest.mark.parametrize(
    "text", ["", "x = 1", "[]", json.dumps({"cells": []})], ids=["empty", "code", "list", "no code"]
)
def test_what_is_no_notebook_is_one_clear_error(tmp_path: Path, text: str) -> None:
    """The error says what is wrong with the file, and nothing is graded."""
    (tmp_path / "lab.ipynb").write_text(text)
    done = run_pytest(tmp_path, "lab.ipynb", MINI)
    assert done.code == 2
    assert "ERROR collecting lab.ipynb" in done.out
    assert "lab.ipynb " in done.out.split("ERROR collecting lab.ipynb")[1]
    assert "Traceback" not in done.out
    assert done.counts == {"tests": 1, "errors": 1, "failures": 0, "skipped": 0}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("--lab=nothing", "ERROR: No lab is named 'nothing': choose one of induction_heads"),
        ("--lab=broken.yaml", "ERROR: broken.yaml:3: title: "),
        ("--lab-seed=-1", "'-1' is no whole number from 0 to 2147483647"),
        ("--lab-hints=4", "invalid choice: 4"),
    ],
)
def test_wrong_usage_is_reported_before_anything_runs(
    tmp_path: Path, more: str, message: str
) -> None:
    """Wrong usage is one line and pytest's exit code 4."""
    notebooks(tmp_path, lab="wrong")
    text = RUBRIC.read_text().replace("title: Induction", "titel: Induction")
    (tmp_path / "broken.yaml").write_text(text)
    done = run_pytest(tmp_path, "lab.ipynb", MINI, more)
    assert (done.code, message in done.out, "Traceback" in done.out) == (4, True, False), done.out


def test_workers_share_one_seed(tmp_path: Path) -> None:
    """Without a given seed one is drawn for hidden probes, the same in every process."""
    notebooks(tmp_path, lab="wrong")
    (tmp_path / "conftest.py").write_text(
        "import os, pathlib\n"
        "def pytest_sessionstart(session):\n"
        "    name = os.environ.get('PYTEST_XDIST_WORKER', 'main')\n"
        "    seed = session.config.pluginmanager.get_plugin('lab').grader.settings.seed\n"
        "    pathlib.Path(f'{name}.seed').write_text(str(seed))\n"
    )
    run_pytest(tmp_path, "lab.ipynb", MINI, "--lab-full", "-n", "2", "-k", "nothing")
    seeds = [path.read_text() for path in tmp_path.glob("*.seed")]
    assert len(seeds) == 3
    assert len(set(seeds)) == 1
    assert seeds[0].isdecimal()
