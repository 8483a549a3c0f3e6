"""What students handed in is found in every layout, and nobody is left out."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.batch.discovery.find import find_submissions
from grader.errors import SubmissionError
from tests.batch.builders import LAB, WANTED, content, found, lab, laid, zipped

Laid = Callable[[Path, Mapping[str, bytes | None]], Path]
OTHER = lab("heads")


@pytest.fixture(params=["folder", "zip"])
def lay(request: pytest.FixtureRequest) -> Laid:
    """Files in a folder, or in a zip."""

    def lay(path: Path, files: Mapping[str, bytes | None]) -> Path:
        path.mkdir(exist_ok=True)
        (path / "class").mkdir()
        if request.param == "folder":
            return laid(path / "class", files)
        return zipped(path / "class.zip", files)

    return lay


def test_a_flat_folder(tmp_path: Path, lay: Laid) -> None:
    """Each notebook is a student's; a course's lists beside them are nobody's."""
    files = {"ada.ipynb": LAB, "Bob Ray.IPYNB": OTHER, "roster.csv": b"", "README.md": b""}
    submissions = found(lay(tmp_path, files))
    assert list(submissions) == ["Bob Ray", "ada"]
    assert content(submissions["Bob Ray"]) == OTHER
    assert submissions["ada"].notes == ()


def test_a_folder_a_student(tmp_path: Path, lay: Laid) -> None:
    """The notebook may lie deeper; who handed in nothing to grade is found with the reason."""
    files = {
        "ada/lab.ipynb": LAB,
        "bob/work/lab.ipynb": LAB,
        "cy/report.pdf": b"",
        "cy/lab.py": b"",
        "dee": None,
    }
    submissions = found(lay(tmp_path, files))
    assert list(submissions) == ["ada", "bob", "cy", "dee"]
    assert content(submissions["bob"]) == LAB
    assert submissions["cy"].refusal == (
        "No notebook (.ipynb) was handed in, only lab.py, report.pdf."
    )
    assert submissions["dee"].refusal == "Nothing was handed in: there is no file."


def test_folders_and_files_may_be_mixed(tmp_path: Path, lay: Laid) -> None:
    """What students hand in by mistake in place of a notebook is theirs all the same."""
    files = {
        "ada/lab.ipynb": LAB,
        "bob.ipynb": LAB,
        "bob.html": b"",
        "cy.tar.gz": b"",
        "dee.ipynb.txt": LAB,
        "eve.v2.pdf": b"",
    }
    submissions = found(lay(tmp_path, files))
    assert list(submissions) == ["ada", "bob", "cy", "dee", "eve.v2"]
    assert submissions["bob"].notebook is not None
    assert submissions["cy"].refusal == (
        "No notebook was handed in, only cy.tar.gz: "
        "a packed file is not opened, so unpack cy.tar.gz."
    )
    assert "only dee.ipynb.txt" in (submissions["dee"].refusal or "")


def test_what_no_student_hands_in_is_left_out(tmp_path: Path, lay: Laid) -> None:
    """Checkpoints, hidden files and macOS's shadows are no submissions, and no choice."""
    files = {
        "ada/lab.ipynb": LAB,
        "ada/.ipynb_checkpoints/lab-checkpoint.ipynb": OTHER,
        "ada/._lab.ipynb": b"",
        "bob/lab.ipynb": LAB,
        ".git/x.ipynb": LAB,
        "__MACOSX/ada/._lab.ipynb": b"",
        ".DS_Store": b"",
    }
    submissions = found(lay(tmp_path, files))
    assert list(submissions) == ["ada", "bob"]
    assert submissions["ada"].notes == ()


@pytest.mark.parametrize("within", ["class/", "a/b/"])
def test_a_folder_around_everything_is_nobody(tmp_path: Path, lay: Laid, within: str) -> None:
    """Zips have a folder around everything, and unpacking puts another around it."""
    flat = found(lay(tmp_path / "1", {f"{within}ada.ipynb": LAB, f"{within}bob.ipynb": LAB}))
    assert list(flat) == ["ada", "bob"]
    assert "was taken for one student's" in flat["ada"].notes[0]
    folders = found(lay(tmp_path / "2", {f"{within}ada/lab.ipynb": LAB, f"{within}bob/x.pdf": b""}))
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
    tmp_path: Path, lay: Laid, files: tuple[str, ...], student: str
) -> None:
    """One folder with one notebook is a student's, and so is one that a platform named."""
    assert list(found(lay(tmp_path, dict.fromkeys(files, LAB)))) == [student]


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
    tmp_path: Path, lay: Laid, files: tuple[str, ...], student: str
) -> None:
    """However few there are in the folder around everything."""
    assert list(found(lay(tmp_path, {f"class/{name}": LAB for name in files}))) == [student]


def test_a_notebook_may_be_a_folder(tmp_path: Path, lay: Laid) -> None:
    """Said as such, whether or not the zip lists the folder; what is in it is looked at."""
    files = {"ada/lab.ipynb/x.txt": b"", "bob.ipynb": None, "cy.ipynb/lab.ipynb": LAB}
    submissions = found(lay(tmp_path, files))
    why = "cannot be read: it is a folder, not a notebook's file."
    assert submissions["ada"].refusal == f"lab.ipynb {why}"
    assert submissions["bob"].refusal == f"bob.ipynb {why}"
    assert content(submissions["cy"]) == LAB


def test_names_that_others_use_are_names_all_the_same(tmp_path: Path, lay: Laid) -> None:
    """A student's folder may be called what nbgrader or Canvas call theirs."""
    files = {"ada/lab.ipynb": LAB, "submitted/lab.ipynb": LAB, "x_1_2_y/lab.ipynb": LAB}
    assert list(found(lay(tmp_path, files))) == ["ada", "submitted", "x_1_2_y"]


@pytest.mark.parametrize("files", [{}, {"readme.md": b""}, {"ada": None, "bob/x.pdf": b""}])
def test_nothing_to_grade_says_what_was_looked_for(
    tmp_path: Path, lay: Laid, files: Mapping[str, bytes | None]
) -> None:
    """An empty folder or zip, or another one than was meant, is the instructor's to see."""
    with pytest.raises(SubmissionError, match=r"No submissions in .*: looked for notebooks"):
        found(lay(tmp_path, files))


def test_only_packed_files_are_said_to_be_packed(tmp_path: Path, lay: Laid) -> None:
    """A zip of zips is not opened; the instructor learns to unpack it."""
    with pytest.raises(SubmissionError, match="packed files in it are not opened"):
        found(lay(tmp_path, {"ada.zip": b"", "bob.zip": b""}))


def test_two_submissions_of_one_key_are_both_graded(tmp_path: Path, lay: Laid) -> None:
    """Where nothing orders them each has a key of its own, which no third student has."""
    files = {"ada/lab.ipynb": LAB, "ada.ipynb": OTHER, "ada #2.ipynb": LAB}
    submissions = found(lay(tmp_path, files))
    assert list(submissions) == ["ada", "ada #2", "ada #3"]
    assert content(submissions["ada"]) == LAB
    assert content(submissions["ada #3"]) == OTHER
    assert submissions["ada #2"].notes == ()
    for key in ("ada", "ada #3"):
        assert submissions[key].notes == ("2 submissions have this key: graded as ada, ada #3.",)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    """A path where nothing is, or that is no folder and no zip; nothing waits for a pipe."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SubmissionError, match="is neither a folder nor a file"):
        found(tmp_path / "pipe")
    laid(tmp_path, {"lab.ipynb": LAB})
    with pytest.raises(SubmissionError, match="No such file or directory"):
        found(tmp_path / "none")
    with pytest.raises(SubmissionError, match="no file has such a name"):
        found(tmp_path / "a\0b")
    with pytest.raises(SubmissionError, match="is not a zip, or is damaged"):
        found(tmp_path / "lab.ipynb")


def test_results_in_the_folder_are_no_submissions(tmp_path: Path) -> None:
    """A batch that writes beside the submissions can be run again."""
    laid(tmp_path, {"ada/lab.ipynb": LAB, "bob/lab.ipynb": LAB, "out/ada/executed.ipynb": LAB})
    submissions = find_submissions(tmp_path, tmp_path / "in", WANTED, skip=tmp_path / "out")
    assert [one.student for one in submissions] == ["ada", "bob"]
