"""Training runs' names, and where their weights are."""

import hashlib
from pathlib import Path

import pytest

import grader
from grader.errors import KernelError
from grader.protocol.training_runs import Run, is_run, new_run_file, parse_run, run_file


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("trained-2x4@0", Run(2, 4, 0)),
        ("trained-3x1@987654321012345678", Run(3, 1, 987654321012345678)),
    ],
)
def test_a_name_says_shape_and_seed(name: str, run: Run) -> None:
    """A run and its name say the same."""
    assert parse_run(name) == run
    assert str(run) == name


@pytest.mark.parametrize(
    "name",
    ["trained", "trained-2x4", "trained-2x4@", "trained-2x4@-1", "trained-1x4@0", "trained-2x0@0"],
)
def test_a_wrong_name_is_one_clear_line(name: str) -> None:
    """What starts like a run is taken for one, and refused in a line that says what to write."""
    assert is_run(name)
    for read in (parse_run, run_file, new_run_file):
        with pytest.raises(KernelError, match="trained-LAYERSxHEADS@SEED") as error:
            read(name)
        assert "\n" not in str(error.value)


def test_other_models_are_no_runs() -> None:
    """Constructed and real models have names of their own."""
    assert not any(map(is_run, ("planted-12x12", "generic-2x3", "gpt2-small", "pythia-14m")))


@pytest.mark.parametrize("name", ["trained-2x4@0", "trained-2x4@1", "trained-2x4@001"])
def test_two_runs_ship(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Seeds 0 and 1 need neither training nor a cache, and take less than a megabyte each."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "nowhere"))
    shipped = run_file(name)
    assert shipped is not None
    assert shipped.stat().st_size < 1_000_000


def test_a_run_that_is_kept_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file in the cache is the run's, once it is there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept = new_run_file("trained-2x4@2")
    assert kept.is_relative_to(tmp_path / "induction-lab-grader" / "runs")
    assert run_file("trained-2x4@2") is None
    kept.parent.mkdir(parents=True)
    kept.touch()
    assert run_file("trained-2x4@2") == kept
    assert run_file("trained-2x4@3") is None


def test_another_recipe_is_another_file() -> None:
    """What training does is part of the file's name, so that a change trains anew."""
    recipe = Path(grader.__file__).with_name("models") / "training.py"
    digest = hashlib.sha256(recipe.read_bytes()).hexdigest()
    assert new_run_file("trained-2x4@2").stem.rpartition("-")[2] == digest[:20]


def test_without_xdg_the_home_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty XDG_CACHE_HOME counts as none."""
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert new_run_file("trained-2x4@2").is_relative_to(tmp_path / ".cache")
