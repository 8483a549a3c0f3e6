"""Tests of choosing a package's keys for a run."""

from pathlib import Path

import pytest

from grader.errors import AnswerKeyError
from grader.grading.session import Settings
from grader.integrations.packages.key_choice import pick_keys
from grader.rubric.load import load_rubric

FILE = load_rubric(None)
OPEN = Settings(isolation="none")


def keys(folder: Path, *names: str) -> Path:
    """Create empty files in a folder."""
    for name in names:
        (folder / name).write_bytes(b"")
    return folder


def test_the_public_key_is_never_chosen_as_the_hidden_one(tmp_path: Path) -> None:
    """The public key is always used as such, and each hidden key is chosen at times."""
    folder = keys(tmp_path, "public.key", "1.key", "2.key", "notes.txt")
    choices = [pick_keys(folder, FILE, OPEN)[0] for _ in range(64)]
    assert {settings.public_key for settings in choices} == {folder / "public.key"}
    assert {settings.hidden_key for settings in choices} == {folder / "1.key", folder / "2.key"}
    assert all(settings.full for settings in choices)


def test_without_hidden_keys_only_public_probes_are_evaluated(tmp_path: Path) -> None:
    """This is the case in a package that students can read."""
    settings, notes = pick_keys(keys(tmp_path, "public.key"), FILE, OPEN)
    assert (settings.full, settings.hidden_key, notes) == (False, None, ())


def test_a_folder_without_keys_is_an_error(tmp_path: Path) -> None:
    """The message says to package the autograder again."""
    with pytest.raises(AnswerKeyError, match="package the autograder again"):
        pick_keys(tmp_path, FILE, OPEN)
