"""Every save of a file is reported once, and half-written files are waited for."""

import json
from pathlib import Path

import pytest

from grader.cli.watch.watched_file import WatchedFile
from grader.errors import SubmissionError
from grader.rubric.sections import Limits
from grader.submission.read import Submission
from tests.notebooks import notebook, write


def watched(path: Path, patience: float = 0.0) -> WatchedFile:
    """Watch a file, reporting errors at once."""
    return WatchedFile(path, Limits(), patience=patience)


def code(change: object) -> str:
    """Return the code of the only cell."""
    assert isinstance(change, Submission)
    return change.cells[0].source


def test_a_save_is_reported_once(tmp_path: Path) -> None:
    """The first content is reported, and then nothing until the file is saved."""
    file = watched(write(tmp_path / "nb.ipynb", ["x = 1"]))
    assert code(file.poll()) == "x = 1"
    assert file.poll() is None
    write(tmp_path / "nb.ipynb", ["x = 22"])
    assert code(file.poll()) == "x = 22"
    assert file.poll() is None


def test_of_two_saves_the_newest_is_reported(tmp_path: Path) -> None:
    """A save that was overwritten between two polls is never reported."""
    file = watched(write(tmp_path / "nb.ipynb", ["x = 1"]))
    file.poll()
    write(tmp_path / "nb.ipynb", ["x = 22"])
    write(tmp_path / "nb.ipynb", ["x = 333"])
    assert code(file.poll()) == "x = 333"
    assert file.poll() is None


def test_a_new_file_in_the_old_ones_place_is_a_save(tmp_path: Path) -> None:
    """Some editors write another file and rename it."""
    path = write(tmp_path / "nb.ipynb", ["x = 1"])
    file = watched(path)
    file.poll()
    write(tmp_path / "new", ["x = 2"]).replace(path)
    assert code(file.poll()) == "x = 2"


@pytest.mark.parametrize("broken", [b"", b'{"cells": [', None])
def test_a_lasting_error_is_reported_once(tmp_path: Path, broken: bytes | None) -> None:
    """A lasting error is reported in one line, and the next good save is reported again."""
    path = write(tmp_path / "nb.ipynb", ["x = 1"])
    file = watched(path)
    file.poll()
    if broken is None:
        path.unlink()
    else:
        path.write_bytes(broken)
    error = file.poll()
    assert isinstance(error, SubmissionError)
    assert len(str(error).splitlines()) == 1
    assert file.poll() is None
    write(path, ["x = 1"])
    assert code(file.poll()) == "x = 1"


def test_a_half_written_file_is_waited_for(tmp_path: Path) -> None:
    """A file that is broken only briefly is not reported."""
    path = tmp_path / "nb.ipynb"
    text = json.dumps(notebook(["x = 1"])).encode()
    path.write_bytes(text[:40])
    file = watched(path, patience=60.0)
    assert file.poll() is None
    path.write_bytes(text[:50])
    assert file.poll() is None
    path.write_bytes(text)
    assert code(file.poll()) == "x = 1"
