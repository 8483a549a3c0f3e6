"""Missing training runs are trained before student code runs."""

import sys
from pathlib import Path

import pytest

from grader.errors import KernelError
from grader.execution.prepare_models import train_missing
from grader.protocol.training_runs import run_file


def test_what_ships_is_not_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that are no training runs, and runs that ship, start no process."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    train_missing(["planted-12x12", "gpt2-small", "trained-2x4@0", "trained-2x4@1"])
    with pytest.raises(FileNotFoundError, match="/nowhere/python"):
        train_missing(["trained-2x1@987"])


def test_a_run_that_cannot_be_stored_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a writable cache training is not begun; the error names the variable to set."""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(KernelError, match=r"could not be trained.* set XDG_CACHE_HOME") as error:
        train_missing(["trained-2x1@987"])
    assert "\n" not in str(error.value)
    assert run_file("trained-2x1@987") is None


def test_a_malformed_name_is_one_line() -> None:
    """A malformed name is rejected before any process is started."""
    with pytest.raises(KernelError, match="no training run is called 'trained-2x'"):
        train_missing(["trained-2x"])
