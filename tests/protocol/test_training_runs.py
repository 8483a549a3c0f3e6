"""Names of training runs, and the files with their weights."""

import hashlib
from pathlib import Path

import pytest

import grader
from grader.errors import KernelError
from grader.protocol.model_names import TrainingRun, is_training_run
from grader.protocol.training_runs import cached_run_file, run_file


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("trained-2x4@0", TrainingRun(2, 4, 0)),
        ("trained-3x1@987654321012345678", TrainingRun(3, 1, 987654321012345678)),
    ],
)
def test_a_name_states_shape_and_seed(name: str, run: TrainingRun) -> None:
    """Parsing a run's name and formatting the run are inverse to each other."""
    assert TrainingRun.parse(name) == run
    assert str(run) == name


@pytest.mark.parametrize(
    "name",
    ["trained", "trained-2x4", "trained-2x4@", "trained-2x4@-1", "trained-1x4@0", "trained-2x0@0"],
)
def test_a_wrong_name_is_one_clear_line(name: str) -> None:
    """A name that begins like a run's is taken for one, and the error says what to write."""
    assert is_training_run(name)
    for read in (TrainingRun.parse, run_file, cached_run_file):
        with pytest.raises(KernelError, match="trained-LAYERSxHEADS@SEED") as error:
            read(name)
        assert "\n" not in str(error.value)


def test_other_models_are_no_runs() -> None:
    """Names of synthetic and real models are not taken for training runs."""
    names = ("planted-12x12", "generic-2x3", "gpt2-small", "pythia-14m")
    assert not any(map(is_training_run, names))


@pytest.mark.parametrize("name", ["trained-2x4@0", "trained-2x4@1", "trained-2x4@001"])
def test_two_runs_ship(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Seeds 0 and 1 need neither training nor a cache, and take less than a megabyte each."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "nowhere"))
    shipped = run_file(name)
    assert shipped is not None
    assert shipped.stat().st_size < 1_000_000


def test_a_cached_run_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A run's file in the cache is returned once it exists."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cached = cached_run_file("trained-2x4@2")
    assert cached.is_relative_to(tmp_path / "induction-lab-grader" / "runs")
    assert run_file("trained-2x4@2") is None
    cached.parent.mkdir(parents=True)
    cached.touch()
    assert run_file("trained-2x4@2") == cached
    assert run_file("trained-2x4@3") is None


def test_changed_training_code_gets_another_file() -> None:
    """The file's name contains a digest of the training code, so that a change trains anew."""
    recipe = Path(grader.__file__).with_name("models") / "training.py"
    digest = hashlib.sha256(recipe.read_bytes()).hexdigest()
    assert cached_run_file("trained-2x4@2").stem.rpartition("-")[2] == digest[:20]


def test_without_xdg_the_home_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty XDG_CACHE_HOME counts as unset."""
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cached_run_file("trained-2x4@2").is_relative_to(tmp_path / ".cache")
