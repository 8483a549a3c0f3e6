"""Every student's submission is found in plain layouts, as a folder and as a zip."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.batch.discovery.find import find_submissions
from grader.errors import SubmissionError
from tests.batch.builders import (
    LAB,
    OPTIONS,
    find,
    lab_notebook,
    notebook_bytes,
    write_folder,
    write_zip,
)

WriteFiles = Callable[[Path, Mapping[str, bytes | None]], Path]
OTHER = lab_notebook("heads")


@pytest.fixture(params=["folder", "zip"])
def write_files(request: pytest.FixtureRequest) -> WriteFiles:
    """Write files into a folder, or into a zip."""

    def write(path: Path, files: Mapping[str, bytes | None]) -> Path:
        path.mkdir(exist_ok=True)
        (path / "class").mkdir()
        if request.param == "folder":
            return write_folder(path / "class", files)
        return write_zip(path / "class.zip", files)

    return write


def test_a_flat_folder(tmp_path: Path, write_files: WriteFiles) -> None:
    """Each notebook is one student's; the course's own files beside them are ignored."""
    files = {"ada.ipynb": LAB, "Bob Ray.IPYNB": OTHER, "roster.csv": b"", "README.md": b""}
    submissions = find(write_files(tmp_path, files))
    assert list(submissions) == ["Bob Ray", "ada"]
    assert notebook_bytes(submissions["Bob Ray"]) == OTHER
    assert submissions["ada"].notes == ()


def test_a_folder_a_student(tmp_path: Path, write_files: WriteFiles) -> None:
    """Each folder is one student's; without a notebook there is a reason."""
    files = {
        "ada/lab.ipynb": LAB,
        "bob/work/lab.ipynb": LAB,
        "cy/report.pdf": b"",
        "cy/lab.py": b"",
        "dee": None,
    }
    submissions = find(write_files(tmp_path, files))
    assert list(submissions) == ["ada", "bob", "cy", "dee"]
    assert notebook_bytes(submissions["bob"]) == LAB
    assert submissions["cy"].refusal == (
        "No notebook (.ipynb) was handed in, only lab.py, report.pdf."
    )
    assert submissions["dee"].refusal == "Nothing was handed in: there is no file."


def test_folders_and_files_may_be_mixed(tmp_path: Path, write_files: WriteFiles) -> None:
    """Other file types that students submit by mistake are submissions too."""
    files = {
        "ada/lab.ipynb": LAB,
        "bob.ipynb": LAB,
        "bob.html": b"",
        "cy.tar.gz": b"",
        "dee.ipynb.txt": LAB,
        "eve.v2.pdf": b"",
    }
    submissions = find(write_files(tmp_path, files))
    assert list(submissions) == ["ada", "bob", "cy", "dee", "eve.v2"]
    assert submissions["bob"].notebook is not None
    assert submissions["cy"].refusal == (
        "No notebook was handed in, only cy.tar.gz: "
        "a packed file is not opened, so unpack cy.tar.gz."
    )
    assert "only dee.ipynb.txt" in (submissions["dee"].refusal or "")


def test_what_no_student_hands_in_is_left_out(tmp_path: Path, write_files: WriteFiles) -> None:
    """Checkpoints, hidden files and macOS resource forks are ignored."""
    files = {
        "ada/lab.ipynb": LAB,
        "ada/.ipynb_checkpoints/lab-checkpoint.ipynb": OTHER,
        "ada/._lab.ipynb": b"",
        "bob/lab.ipynb": LAB,
        ".git/x.ipynb": LAB,
        "__MACOSX/ada/._lab.ipynb": b"",
        ".DS_Store": b"",
    }
    submissions = find(write_files(tmp_path, files))
    assert list(submissions) == ["ada", "bob"]
    assert submissions["ada"].notes == ()


@pytest.mark.parametrize("within", ["class/", "a/b/"])
def test_a_folder_around_everything_is_nobody(
    tmp_path: Path, write_files: WriteFiles, within: str
) -> None:
    """A folder around all submissions, as zips have, is not taken for a student."""
    flat = find(write_files(tmp_path / "1", {f"{within}ada.ipynb": LAB, f"{within}bob.ipynb": LAB}))
    assert list(flat) == ["ada", "bob"]
    assert "was taken for one student's" in flat["ada"].notes[0]
    folders = find(
        write_files(tmp_path / "2", {f"{within}ada/lab.ipynb": LAB, f"{within}bob/x.pdf": b""})
    )
    assert list(folders) == ["ada", "bob"]
    assert folders["ada"].notes == ()


@pytest.mark.parametrize(
    ("files", "student"),
    [
        (("ada/lab.ipynb", "ada/data.csv"), "ada"),
        (("ada/lab.ipynb", "ada/data/x", "ada/figures/y"), "ada"),
        (("ada.ipynb/a.ipynb", "ada.ipynb/b.ipynb"), "ada"),
        (("Ada_7_assignsubmission_file_/a.ipynb", "Ada_7_assignsubmission_file_/b.ipynb"), "7"),
    ],
)
def test_a_single_student_is_no_folder_around_everything(
    tmp_path: Path, write_files: WriteFiles, files: tuple[str, ...], student: str
) -> None:
    """One folder with one notebook is a student's, and so is one that a platform named."""
    assert list(find(write_files(tmp_path, dict.fromkeys(files, LAB)))) == [student]


@pytest.mark.parametrize(
    ("files", "student"),
    [
        (("Ada_7_assignsubmission_file_/a.ipynb",), "7"),
        (("ada_91_4711_lab.ipynb",), "91"),
        (("submission_1/a.ipynb", "submission_metadata.yml"), "submission_1"),
        (("submitted/ada/lab/a.ipynb",), "ada"),
    ],
)
def test_a_download_of_one_student_is_known_by_its_names(
    tmp_path: Path, write_files: WriteFiles, files: tuple[str, ...], student: str
) -> None:
    """A platform's names are recognised even if there is only one student."""
    assert list(find(write_files(tmp_path, {f"class/{name}": LAB for name in files}))) == [student]


def test_a_notebook_may_be_a_folder(tmp_path: Path, write_files: WriteFiles) -> None:
    """A folder with a notebook's name is refused, unless a notebook lies in it."""
    files = {"ada/lab.ipynb/x.txt": b"", "bob.ipynb": None, "cy.ipynb/lab.ipynb": LAB}
    submissions = find(write_files(tmp_path, files))
    why = "cannot be read: it is a folder, not a notebook's file."
    assert submissions["ada"].refusal == f"lab.ipynb {why}"
    assert submissions["bob"].refusal == f"bob.ipynb {why}"
    assert notebook_bytes(submissions["cy"]) == LAB


def test_names_that_others_use_are_names_all_the_same(
    tmp_path: Path, write_files: WriteFiles
) -> None:
    """A student's folder may have a name that nbgrader or Canvas use."""
    files = {"ada/lab.ipynb": LAB, "submitted/lab.ipynb": LAB, "x_1_2_y/lab.ipynb": LAB}
    assert list(find(write_files(tmp_path, files))) == ["ada", "submitted", "x_1_2_y"]


@pytest.mark.parametrize("files", [{}, {"readme.md": b""}, {"ada": None, "bob/x.pdf": b""}])
def test_nothing_to_grade_says_what_was_looked_for(
    tmp_path: Path, write_files: WriteFiles, files: Mapping[str, bytes | None]
) -> None:
    """A source without submissions is refused with the supported layouts."""
    with pytest.raises(SubmissionError, match=r"No submissions in .*: looked for notebooks"):
        find(write_files(tmp_path, files))


def test_only_packed_files_are_said_to_be_packed(tmp_path: Path, write_files: WriteFiles) -> None:
    """Nested archives are not opened, and the message says so."""
    with pytest.raises(SubmissionError, match="packed files in it are not opened"):
        find(write_files(tmp_path, {"ada.zip": b"", "bob.zip": b""}))


def test_two_submissions_of_one_key_are_both_graded(
    tmp_path: Path, write_files: WriteFiles
) -> None:
    """Two submissions with the same key get unique keys and a note."""
    files = {"ada/lab.ipynb": LAB, "ada.ipynb": OTHER, "ada #2.ipynb": LAB}
    submissions = find(write_files(tmp_path, files))
    assert list(submissions) == ["ada", "ada #2", "ada #3"]
    assert notebook_bytes(submissions["ada"]) == LAB
    assert notebook_bytes(submissions["ada #3"]) == OTHER
    assert submissions["ada #2"].notes == ()
    for key in ("ada", "ada #3"):
        assert submissions[key].notes == ("2 submissions have this key: graded as ada, ada #3.",)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    """A path that does not exist, or is neither a folder nor a zip, is refused."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SubmissionError, match="is neither a folder nor a file"):
        find(tmp_path / "pipe")
    write_folder(tmp_path, {"lab.ipynb": LAB})
    with pytest.raises(SubmissionError, match="No such file or directory"):
        find(tmp_path / "none")
    with pytest.raises(SubmissionError, match="no file has such a name"):
        find(tmp_path / "a\0b")
    with pytest.raises(SubmissionError, match="is not a zip, or is damaged"):
        find(tmp_path / "lab.ipynb")


def test_results_in_the_folder_are_no_submissions(tmp_path: Path) -> None:
    """The results folder may lie in the folder with the submissions."""
    write_folder(
        tmp_path, {"ada/lab.ipynb": LAB, "bob/lab.ipynb": LAB, "out/ada/executed.ipynb": LAB}
    )
    submissions = find_submissions(tmp_path, tmp_path / "in", OPTIONS, skip=tmp_path / "out")
    assert [one.student for one in submissions] == ["ada", "bob"]
