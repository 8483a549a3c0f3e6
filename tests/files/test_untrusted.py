"""Opening files: regular ones only, whole, and no more than was allowed."""

import os
from pathlib import Path

import pytest

from grader.files.untrusted import ReadingError, TooLargeError, read_regular, shown
from tests.text_files import written


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    """Up to its limit, and through a link where links are followed."""
    path = written(tmp_path, b"\r\n\x00", "a")
    (tmp_path / "link").symlink_to(path)
    assert read_regular(path, 3, follow=False) == read_regular(tmp_path / "link", 3) == b"\r\n\x00"


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    """One byte over the limit is over it; a limit may be any number."""
    path = written(tmp_path, b"abcd", "a")
    with pytest.raises(TooLargeError):
        read_regular(path, 3.5)
    assert read_regular(path, 1e300) == b"abcd"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
@pytest.mark.parametrize("follow", [True, False])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, *, follow: bool) -> None:
    """Folders, pipes and devices, whether or not links are followed."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ReadingError, match="it is not a file"):
            read_regular(path, 10, follow=follow)


def test_a_link_to_nowhere_is_refused(tmp_path: Path) -> None:
    """Followed or not, with its own reason."""
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(ReadingError, match="No such file"):
        read_regular(tmp_path / "link", 10)
    with pytest.raises(ReadingError, match="it is a link"):
        read_regular(tmp_path / "link", 10, follow=False)


def test_nothing_stays_open(tmp_path: Path) -> None:
    """Refused or read, a file is closed again: a thousand times is no matter."""
    for _ in range(1100):
        with pytest.raises(ReadingError):
            read_regular(tmp_path, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("é.ipynb", "é.ipynb"),
        ("a\nb", r"a\u000ab"),
        ("\x1b\u202e", r"\u001b\u202e"),
        ("\ud800", r"\ud800"),
    ],
)
def test_names_are_shown_on_one_line(text: str, said: str) -> None:
    """Letters stay; what does not print is escaped."""
    assert shown(text) == said


def test_long_names_are_cut() -> None:
    """Two hundred characters tell which file it is."""
    assert shown("a" * 300) == "a" * 200 + "…"
