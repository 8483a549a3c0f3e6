"""Platform downloads give ids, names, late marks and times, and the latest submission."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.discovery.student_files import StudentFiles
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

OTHER = lab_notebook("heads")


def find_both(path: Path, files: Mapping[str, bytes | None]) -> dict[str, StudentFiles]:
    """Return the submissions in a zip, and check that the unpacked zip gives the same."""
    zip_ = find(write_zip(path / "download.zip", files))
    (path / "download").mkdir()
    folder = find(write_folder(path / "download", files))
    assert {key: without_files(one) for key, one in zip_.items()} == {
        key: without_files(one) for key, one in folder.items()
    }
    return zip_


def without_files(one: StudentFiles) -> StudentFiles:
    """Return the same without what depends on the source."""
    return replace(one, entries=(), chosen=None, notebook=None)


def test_canvas(tmp_path: Path) -> None:
    """Canvas's ids are keys, LATE marks late submissions, and all file types count."""
    files = {
        "lovelaceada_91_4711_lab.ipynb": LAB,
        "raybob_LATE_92_4712_lab.ipynb": OTHER,
        "o_neill_93_4713_my_lab_1_2_x.pdf": b"",
        "typist_94_text.html": b"",
    }
    submissions = find_both(tmp_path, files)
    assert list(submissions) == ["91", "92", "93", "94"]
    assert [one.name for one in submissions.values()] == [
        "lovelaceada", "raybob", "o_neill", "typist",
    ]  # fmt: skip
    assert [one.late for one in submissions.values()] == [False, True, False, False]
    assert notebook_bytes(submissions["92"]) == OTHER
    assert submissions["93"].refusal == (
        "No notebook (.ipynb) was handed in, only my_lab_1_2_x.pdf."
    )
    assert submissions["94"].refusal is not None


def test_a_download_without_a_notebook_is_a_batch(tmp_path: Path) -> None:
    """A platform download without any notebook is still a batch."""
    submissions = find_both(tmp_path, {"ada_91_4711_lab.pdf": b""})
    assert submissions["91"].refusal == "No notebook (.ipynb) was handed in, only lab.pdf."


def test_canvas_with_names_hidden(tmp_path: Path) -> None:
    """Anonymous submissions have ids of letters and digits."""
    files = {"anon_aB3xY_4711_lab.ipynb": LAB, "LATE_anon_12345_4712_lab.ipynb": LAB}
    submissions = find_both(tmp_path, files)
    assert {key: (one.name, one.late) for key, one in submissions.items()} == {
        "12345": ("anon_12345", True),
        "aB3xY": ("anon_aB3xY", False),
    }


def test_canvas_resubmissions(tmp_path: Path) -> None:
    """The latest attempt counts: 10 comes after 9, and its late mark decides."""
    files = {
        "ada_LATE_91_4719_lab-10.ipynb": LAB,
        "ada_91_4712_lab-9.ipynb": lab_notebook("scores", "heads"),
        "ada_91_4711_lab.ipynb": lab_notebook("scores", "heads"),
        "bob_92_4720_lab.ipynb": OTHER,
        "bob_92_4721_lab.ipynb": LAB,
        "cy_93_4730_lab-2.ipynb": LAB,
        "cy_LATE_93_4731_lab.ipynb": OTHER,
    }
    submissions = find_both(tmp_path, files)
    assert [notebook_bytes(one) for one in submissions.values()] == [LAB] * 3
    assert [one.late for one in submissions.values()] == [True, False, False]
    assert submissions["91"].notes == (
        "Handed in more than once (2 earlier files): the latest counts, lab-10.ipynb.",
    )


def test_numbered_files_are_no_resubmissions(tmp_path: Path) -> None:
    """part-2 does not replace part-1 if there is no plain part."""
    files = {"ada_91_4711_part-1.ipynb": LAB, "ada_91_4712_part-2.ipynb": lab_notebook()}
    assert notebook_bytes(find_both(tmp_path, files)["91"]) == LAB


def test_names_like_canvas_are_no_canvas(tmp_path: Path) -> None:
    """A number that all files share is not Canvas's file id."""
    files = {"lab_1_2_ada.ipynb": LAB, "lab_1_2_bob.ipynb": LAB}
    assert list(find_both(tmp_path, files)) == ["lab_1_2_ada", "lab_1_2_bob"]


def test_a_copy_does_not_undo_canvas(tmp_path: Path) -> None:
    """A few repeated file ids, as of copied files, do not rule Canvas out."""
    files = {f"x_{n}_{n}00_lab.ipynb": LAB for n in range(4)}
    copied = {**files, "x_1_100_lab (1).ipynb": LAB, "y_9_900_lab.ipynb/x": b""}
    submissions = find_both(tmp_path, copied)
    assert list(submissions) == ["0", "1", "2", "3", "9"]
    assert "it is a folder" in (submissions["9"].refusal or "")


def test_moodle(tmp_path: Path) -> None:
    """Moodle's folders give full names and ids; online texts belong to the same student."""
    files = {
        "Ada Lovelace_101_assignsubmission_file_/sub/lab.ipynb": LAB,
        "Ada Lovelace_101_assignsubmission_onlinetext_/onlinetext.html": b"",
        "Bob Ray_102_assignsubmission_onlinetext/onlinetext.html": b"",
        "Team 7_assignsubmission_file_/lab.ipynb": LAB,
    }
    submissions = find_both(tmp_path, files)
    assert {key: one.name for key, one in submissions.items()} == {
        "101": "Ada Lovelace",
        "102": "Bob Ray",
        "Team 7": "Team 7",
    }
    assert submissions["101"].notes == ()
    assert submissions["102"].refusal == (
        "No notebook (.ipynb) was handed in, only onlinetext.html."
    )


def test_moodle_without_folders(tmp_path: Path) -> None:
    """Moodle's prefix may also precede a file name."""
    files = {
        "Ada_101_assignsubmission_file_lab.ipynb": LAB,
        "Ada_101_assignsubmission_file_Bob_102_assignsubmission_file_lab.ipynb": OTHER,
        "Bob_102_assignsubmission_file_lab.zip": b"",
    }
    submissions = find_both(tmp_path, files)
    assert list(submissions) == ["101", "102"]
    assert submissions["101"].notes[0].startswith("Of 2 notebooks, ")
    assert "so unpack lab.zip" in (submissions["102"].refusal or "")


def test_moodle_with_names_hidden(tmp_path: Path) -> None:
    """Anonymous Moodle students are told apart by their ids."""
    files = {f"Participant_{n}_assignsubmission_file_/lab.ipynb": LAB for n in (7, 8)}
    assert [one.name for one in find_both(tmp_path, files).values()] == [
        "Participant 7", "Participant 8",
    ]  # fmt: skip


def test_two_moodle_folders_of_one_id_are_both_graded(tmp_path: Path) -> None:
    """Two Moodle folders with one id are both graded, as none is known to be later."""
    files = {
        "Ada_101_assignsubmission_file_/lab.ipynb": LAB,
        "Eve_101_assignsubmission_file_/lab.ipynb": OTHER,
    }
    submissions = find_both(tmp_path, files)
    assert [notebook_bytes(submissions[key]) for key in ("101", "101 #2")] == [LAB, OTHER]


@pytest.mark.parametrize("above", ["", "submitted/"])
def test_nbgrader(tmp_path: Path, above: str) -> None:
    """Nbgrader's course folder and its ``submitted`` folder both work, with timestamps."""
    files = {
        "source/ps1/lab.ipynb": LAB,
        "submitted/ada/ps1/lab.ipynb": LAB,
        "submitted/ada/ps1/timestamp.txt": b"2026-11-20 15:58:23.948203 UTC\n",
        "submitted/bob/ps1/lab.ipynb": OTHER,
        "submitted/bob/ps1/timestamp.txt": b"tomorrow CEST",
        "submitted/cy/ps1": None,
        "submitted/dee": None,
        "submitted/fay/lab.ipynb": LAB,
        "submitted/eve/ps1/timestamp.txt": b"2026-11-20 15:58:23 UTC",
    }
    submissions = find(write_folder(tmp_path, files) / above)
    assert list(submissions) == ["ada", "bob", "cy", "dee", "eve", "fay"]
    assert submissions["ada"].submitted == datetime(2026, 11, 20, 15, 58, 23, 948203, tzinfo=UTC)
    assert submissions["bob"].submitted is None
    assert submissions["bob"].notes == ("timestamp.txt names no moment: tomorrow CEST",)
    assert submissions["dee"].refusal == "Nothing was handed in for ps1."
    assert submissions["cy"].refusal == "Nothing was handed in: there is no file."
    assert submissions["eve"].refusal == "Nothing was handed in: there is no file."
    assert notebook_bytes(submissions["fay"]) == LAB


def test_nbgrader_of_several_assignments(tmp_path: Path) -> None:
    """One of several assignments has to be named, and it must exist."""
    files = {f"submitted/{who}/{ps}/lab.ipynb": LAB for who, ps in (("a", "1"), ("b", "1"))}
    path = write_zip(tmp_path / "x.zip", {**files, "submitted/c/2/lab.ipynb": LAB})
    with pytest.raises(SubmissionError, match=r"2 assignments \(1, 2\): .* --assignment"):
        find(path)
    with pytest.raises(SubmissionError, match="Nobody handed in 3: there is 1, 2"):
        find(path, replace(OPTIONS, assignment="3"))
    submissions = find(path, replace(OPTIONS, assignment="1"))
    assert [one.refusal for one in submissions.values()] == [
        None, None, "Nothing was handed in for 1.",
    ]  # fmt: skip


def test_an_assignment_is_nbgraders(tmp_path: Path) -> None:
    """Naming an assignment is an error in any other layout."""
    with pytest.raises(SubmissionError, match="leave it out"):
        find(write_folder(tmp_path, {"ada.ipynb": LAB}), replace(OPTIONS, assignment="1"))


def test_one_student_makes_no_nbgrader(tmp_path: Path) -> None:
    """One student's folder with a timestamp does not make the layout nbgrader's."""
    files = {f"{who}/lab.ipynb": LAB for who in "abc"}
    submissions = find(
        write_folder(tmp_path, {**files, "a/x/timestamp.txt": b"", "a/x/y.ipynb": LAB})
    )
    assert [one.refusal for one in submissions.values()] == [None, None, None]
    stamped = {f"{who}/ps1/{name}": LAB for who in "de" for name in ("l.ipynb", "timestamp.txt")}
    assert list(find(write_folder(tmp_path / "2", stamped))) == ["d", "e"]
