"""Which keys of a package a run uses."""

from pathlib import Path

import pytest

from grader.errors import AnswerKeyError
from grader.grading.session import Settings
from grader.integrations.packages.key_choice import draw
from grader.rubric.load import find_rubric

FILE = find_rubric(None)
OPEN = Settings(isolation="none")


def keys(folder: Path, *names: str) -> Path:
    """A folder with these files."""
    for name in names:
        (folder / name).write_bytes(b"")
    return folder


def test_the_public_key_is_never_drawn_as_a_hidden_one(tmp_path: Path) -> None:
    """It is used besides, and each hidden one comes up."""
    folder = keys(tmp_path, "public.key", "1.key", "2.key", "notes.txt")
    drawn = [draw(folder, FILE, OPEN)[0] for _ in range(64)]
    assert {settings.public_key for settings in drawn} == {folder / "public.key"}
    assert {settings.hidden_key for settings in drawn} == {folder / "1.key", folder / "2.key"}
    assert all(settings.full for settings in drawn)


def test_without_hidden_keys_the_public_probes_alone_are_asked(tmp_path: Path) -> None:
    """As in a bundle that students can read."""
    settings, notes = draw(keys(tmp_path, "public.key"), FILE, OPEN)
    assert (settings.full, settings.hidden_key, notes) == (False, None, ())


def test_a_folder_without_keys_is_a_fault_of_the_package(tmp_path: Path) -> None:
    """And says what to do."""
    with pytest.raises(AnswerKeyError, match="package the autograder again"):
        draw(tmp_path, FILE, OPEN)
