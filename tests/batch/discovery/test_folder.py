"""In a folder, no link is followed and only regular files are opened."""

import os
from pathlib import Path

import pytest

from grader.batch.discovery import folder
from grader.errors import SubmissionError
from tests.batch.builders import LAB, find, lab_notebook, notebook_bytes, write_folder


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A linked notebook is refused; beside a regular one it is only noted."""
    secret = write_folder(tmp_path / "secret", {"lab.ipynb": LAB})
    top = write_folder(tmp_path / "top", {"ada/own.ipynb": LAB, "bob": None, "dee/lab.ipynb": LAB})
    (top / "ada" / "lab.ipynb").symlink_to(secret / "lab.ipynb")
    (top / "bob" / "lab.ipynb").symlink_to(secret / "lab.ipynb")
    (top / "cy").symlink_to(secret)
    submissions = find(top)
    why = "it is a link, which is not followed."
    assert submissions["ada"].notes == (f"lab.ipynb was not looked at: {why}",)
    assert submissions["bob"].refusal == f"lab.ipynb cannot be read: {why}"
    assert submissions["cy"].refusal == f"cy cannot be read: {why}"
    assert notebook_bytes(submissions["dee"]) == LAB


def test_a_link_beside_a_folder_hides_nobody(tmp_path: Path) -> None:
    """A link beside the folder with all submissions does not hide their students."""
    top = write_folder(tmp_path / "top", {"class/ada/lab.ipynb": LAB, "class/bob/lab.ipynb": LAB})
    (top / "eve").symlink_to(tmp_path)
    assert list(find(top)) == ["ada", "bob", "eve"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A FIFO or a folder with a notebook's name is refused and does not hang the batch."""
    write_folder(tmp_path, {"ada.ipynb": LAB, "cy/lab.ipynb/x": b""})
    os.mkfifo(tmp_path / "bob.ipynb")
    submissions = find(tmp_path)
    assert submissions["bob"].refusal == "bob.ipynb cannot be read: it is not a file."
    assert "it is a folder" in (submissions["cy"].refusal or "")


def make_deep(folder: Path, names: list[str]) -> int:
    """Nest folders deeper than a path may be long; return the last one's descriptor."""
    at = os.open(folder, os.O_RDONLY)
    for name in names:
        os.mkdir(name, dir_fd=at)
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    return at


def test_what_cannot_be_listed_costs_its_student(tmp_path: Path) -> None:
    """A folder with a path that is too long costs only its student."""
    write_folder(tmp_path, {"ada/lab.ipynb": LAB, "bob": None})
    os.close(make_deep(tmp_path / "bob", ["d" * 250] * 20))
    submissions = find(tmp_path)
    assert notebook_bytes(submissions["ada"]) == LAB
    assert (submissions["bob"].refusal or "").endswith("cannot be read: File name too long.")


def test_what_cannot_be_listed_at_the_top_costs_no_more(tmp_path: Path) -> None:
    """An unreadable folder at the top costs only its student."""
    long = 4000 - len(str(tmp_path))
    names = ["d" * 199] * (long // 200) + ["e" * (long % 200)]
    at = make_deep(tmp_path, [name for name in names if name])
    for student in ("ada", "b" * 200):
        os.mkdir(student, dir_fd=at)
        os.close(os.open(f"{student}/lab.ipynb", os.O_CREAT | os.O_WRONLY, dir_fd=at))
    os.close(at)
    listed = folder.Folder(tmp_path.joinpath(*[name for name in names if name]))
    assert [entry.problem for entry in listed.entries] == [None, None, "File name too long"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_locked_folder_costs_its_student(tmp_path: Path) -> None:
    """A folder without read permission costs only its student."""
    write_folder(tmp_path, {"ada/lab.ipynb": LAB, "bob/lab.ipynb": LAB})
    (tmp_path / "bob").chmod(0)
    try:
        assert find(tmp_path)["bob"].refusal == "bob cannot be read: Permission denied."
    finally:
        (tmp_path / "bob").chmod(0o755)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    """A file in place of the folder is refused with the system's reason."""
    write_folder(tmp_path, {"ada.ipynb": LAB})
    with pytest.raises(SubmissionError, match=r"Cannot read .*: Not a directory"):
        folder.Folder(tmp_path / "ada.ipynb")


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with too many files is refused before it fills the memory."""
    monkeypatch.setattr(folder, "MAX_ENTRIES", 2)
    with pytest.raises(SubmissionError, match="holds more than 2 files"):
        find(write_folder(tmp_path, {f"{n}.ipynb": LAB for n in range(3)}))


def test_folders_without_an_end_are_not_walked(tmp_path: Path) -> None:
    """Notebooks in more than thirty nested folders are refused."""
    deep = "/".join("d" * 40)
    submissions = find(write_folder(tmp_path, {f"ada/{deep}/lab.ipynb": LAB, "bob/lab.ipynb": LAB}))
    assert "it lies too deep" in (submissions["ada"].refusal or "")


@pytest.mark.parametrize(
    "name", ["a,b", 'a"b', "a\nb", "=cmd|' C calc'!A0", "\u202eb", "\x1b[31m", b"\xff\xfe"]
)
def test_names_survive_as_data(tmp_path: Path, name: str | bytes) -> None:
    """A folder's name is the key unchanged, and messages about it are printable."""
    name_on_disk = os.fsdecode(name)
    files = {
        f"{name_on_disk}/{name_on_disk}.ipynb": lab_notebook(),
        f"{name_on_disk}/lab.ipynb": LAB,
        "z.ipynb": LAB,
    }
    submissions = find(write_folder(tmp_path, files))
    assert notebook_bytes(submissions[name_on_disk]) == LAB
    assert submissions[name_on_disk].name == name_on_disk
