"""Each kernel starts in a home that contains nothing of the previous kernel's."""

import os
from pathlib import Path

import pytest

from grader.kernel.cleanup import clear_home


def test_everything_but_the_folder_is_removed(tmp_path: Path) -> None:
    """Files, trees and links are removed; the targets of links are not."""
    own, other = tmp_path / "own", tmp_path / "other"
    (own / "deep" / "er").mkdir(parents=True)
    other.mkdir()
    (own / "link").symlink_to(other)
    (own / "dangling").symlink_to(tmp_path / "nothing")
    clear_home(own)
    assert list(own.iterdir()) == []
    assert other.is_dir()


def test_an_interrupted_removal_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The home is cleared even if the resource monitor kills rm in the middle."""
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
