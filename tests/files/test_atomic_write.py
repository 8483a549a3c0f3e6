"""Atomic writing: a whole file or none."""

from pathlib import Path

import pytest

from grader.files.atomic_write import write_atomically


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    """Folders are made, an old file is replaced, and no temporary file is left behind."""
    path = tmp_path / "keys" / "lab.key"
    write_atomically(path, b"old")
    write_atomically(path, b"new\x00")
    assert path.read_bytes() == b"new\x00"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """A file that cannot be put in place leaves no part of itself."""
    (tmp_path / "lab.key").mkdir()
    with pytest.raises(OSError, match=r"lab\.key"):
        write_atomically(tmp_path / "lab.key", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["lab.key"]
