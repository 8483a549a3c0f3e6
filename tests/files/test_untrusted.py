"""Reading untrusted files: regular files only, up to a size limit."""

import os
from pathlib import Path

import pytest

from grader.files.untrusted import FileReadError, TooLargeError, read_bounded
from tests.text_files import written


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    """A file is read up to its limit, and through a link if links are followed."""
    path = written(tmp_path, b"\r\n\x00", "a")
    (tmp_path / "link").symlink_to(path)
    assert read_bounded(path, 3, follow=False) == read_bounded(tmp_path / "link", 3) == b"\r\n\x00"


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    """A file over the limit is refused; the limit may be any number."""
    path = written(tmp_path, b"abcd", "a")
    with pytest.raises(TooLargeError):
        read_bounded(path, 3.5)
    assert read_bounded(path, 1e300) == b"abcd"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
@pytest.mark.parametrize("follow", [True, False])
def test_other_kinds_of_files_are_refused_at_once(tmp_path: Path, *, follow: bool) -> None:
    """Folders, pipes and devices are refused, whether or not links are followed."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(FileReadError, match="it is not a file"):
            read_bounded(path, 10, follow=follow)


def test_a_link_to_nowhere_is_refused(tmp_path: Path) -> None:
    """A broken link is refused with a different reason if links are not followed."""
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(FileReadError, match="No such file"):
        read_bounded(tmp_path / "link", 10)
    with pytest.raises(FileReadError, match="it is a link"):
        read_bounded(tmp_path / "link", 10, follow=False)


def test_nothing_stays_open(tmp_path: Path) -> None:
    """No file descriptor leaks, whether the file is read or refused."""
    for _ in range(1100):
        with pytest.raises(FileReadError):
            read_bounded(tmp_path, 1)
