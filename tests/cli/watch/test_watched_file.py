"""A file that an editor saves: every save is seen once, and what is half written is waited for."""

import json
from pathlib import Path

import pytest

from grader.cli.watch.watched_file import WatchedFile
from grader.errors import SubmissionError
from grader.rubric.model import Limits
from grader.submission.read import Submission
from tests.notebooks import notebook, write


def watched(path: Path, patience: float = 0.0) -> WatchedFile:
    """A file that is watched without patience."""
    return WatchedFile(path, Limits(), patience=patience)


def code(news: object) -> str:
    """The only cell's code."""
    assert isinstance(news, Submission)
    return news.cells[0].source


def test_a_save_is_seen_once(tmp_path: Path) -> None:
    """What is there at first is news; then nothing is until somebody saves."""
    file = watched(write(tmp_path / "nb.ipynb", ["x = 1"]))
    assert code(file.look()) == "x = 1"
    assert file.look() is None
    write(tmp_path / "nb.ipynb", ["x = 22"])
    assert code(file.look()) == "x = 22"
    assert file.look() is None


def test_of_two_saves_the_newest_is_seen(tmp_path: Path) -> None:
    """What was overwritten before anybody looked is never graded."""
    file = watched(write(tmp_path / "nb.ipynb", ["x = 1"]))
    file.look()
    write(tmp_path / "nb.ipynb", ["x = 22"])
    write(tmp_path / "nb.ipynb", ["x = 333"])
    assert code(file.look()) == "x = 333"
    assert file.look() is None


def test_a_new_file_in_the_old_ones_place_is_a_save(tmp_path: Path) -> None:
    """Editors write beside the file and rename."""
    path = write(tmp_path / "nb.ipynb", ["x = 1"])
    file = watched(path)
    file.look()
    write(tmp_path / "new", ["x = 2"]).replace(path)
    assert code(file.look()) == "x = 2"


@pytest.mark.parametrize("broken", [b"", b'{"cells": [', None])
def test_what_stays_broken_is_told_once(tmp_path: Path, broken: bytes | None) -> None:
    """In one line, when patience is over; and then the next good save is news again."""
    path = write(tmp_path / "nb.ipynb", ["x = 1"])
    file = watched(path)
    file.look()
    if broken is None:
        path.unlink()
    else:
        path.write_bytes(broken)
    said = file.look()
    assert isinstance(said, SubmissionError)
    assert len(str(said).splitlines()) == 1
    assert file.look() is None
    write(path, ["x = 1"])
    assert code(file.look()) == "x = 1"


def test_what_is_half_written_is_waited_for(tmp_path: Path) -> None:
    """A file that is broken for a moment is not worth a word."""
    path = tmp_path / "nb.ipynb"
    text = json.dumps(notebook(["x = 1"])).encode()
    path.write_bytes(text[:40])
    file = watched(path, patience=60.0)
    assert file.look() is None
    path.write_bytes(text[:50])
    assert file.look() is None
    path.write_bytes(text)
    assert code(file.look()) == "x = 1"
