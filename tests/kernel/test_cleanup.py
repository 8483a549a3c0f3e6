"""A kernel finds a home with nothing of the last one's in it."""

import os
from pathlib import Path

import pytest

from grader.kernel.cleanup import clear_home


def test_all_is_removed_and_the_folder_stays(tmp_path: Path) -> None:
    """Files, trees and links go; where a link leads is left alone."""
    own, other = tmp_path / "own", tmp_path / "other"
    (own / "deep" / "er").mkdir(parents=True)
    other.mkdir()
    (own / "link").symlink_to(other)
    (own / "dangling").symlink_to(tmp_path / "nothing")
    clear_home(own)
    assert list(own.iterdir()) == []
    assert other.is_dir()


def test_what_is_ended_halfway_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch may end the tool that clears a full home; the home is cleared all the same."""
    own, tools = tmp_path / "own", tmp_path / "tools"
    own.mkdir()
    tools.mkdir()
    (tools / "rm").write_text('#!/bin/sh\n/bin/rm -rf -- "$3"\nkill -9 $$\n')
    (tools / "rm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    for name in "abc":
        (own / name).write_text("x")
    clear_home(own)
    assert list(own.iterdir()) == []
