"""Downloads of platforms: their ids, names, late marks and times; the latest of what they order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.discovery.submission import Found
from grader.errors import SubmissionError
from tests.batch.builders import LAB, WANTED, content, found, lab, laid, zipped

OTHER = lab("heads")


def downloaded(path: Path, files: Mapping[str, bytes | None]) -> dict[str, Found]:
    """What is found in a platform's zip, which is what is found in it unpacked."""
    zip_ = found(zipped(path / "download.zip", files))
    (path / "download").mkdir()
    folder = found(laid(path / "download", files))
    assert {key: replace(one, notebook=None) for key, one in zip_.items()} == {
        key: replace(one, notebook=None) for key, one in folder.items()
    }
    return zip_


def test_canvas(tmp_path: Path) -> None:
    """The student's id is the key; LATE is taken as said; other files are handed in, too."""
    files = {
        "lovelaceada_91_4711_lab.ipynb": LAB,
        "raybob_LATE_92_4712_lab.ipynb": OTHER,
        "o_neill_93_4713_my_lab_1_2_x.pdf": b"",
        "typist_94_text.html": b"",
    }
    submissions = downloaded(tmp_path, files)
    assert list(submissions) == ["91", "92", "93", "94"]
    assert [one.name for one in submissions.values()] == [
        "lovelaceada", "raybob", "o_neill", "typist",
    ]  # fmt: skip
    assert [one.late for one in submissions.values()] == [False, True, False, False]
    assert content(submissions["92"]) == OTHER
    assert submissions["93"].refusal == (
        "No notebook (.ipynb) was handed in, only my_lab_1_2_x.pdf."
    )
    assert submissions["94"].refusal is not None


def test_a_download_without_a_notebook_is_a_batch(tmp_path: Path) -> None:
    """Those who handed in something else have a right to hear of it."""
    submissions = downloaded(tmp_path, {"ada_91_4711_lab.pdf": b""})
    assert submissions["91"].refusal == "No notebook (.ipynb) was handed in, only lab.pdf."


def test_canvas_with_names_hidden(tmp_path: Path) -> None:
    """Anonymous students have ids of letters and digits."""
    files = {"anon_aB3xY_4711_lab.ipynb": LAB, "LATE_anon_12345_4712_lab.ipynb": LAB}
    submissions = downloaded(tmp_path, files)
    assert {key: (one.name, one.late) for key, one in submissions.items()} == {
        "12345": ("anon_12345", True),
        "aB3xY": ("anon_aB3xY", False),
    }


def test_canvas_resubmissions(tmp_path: Path) -> None:
    """The latest counts, ten after nine, and whether that one was late."""
    files = {
        "ada_LATE_91_4719_lab-10.ipynb": LAB,
        "ada_91_4712_lab-9.ipynb": lab("scores", "heads"),
        "ada_91_4711_lab.ipynb": lab("scores", "heads"),
        "bob_92_4720_lab.ipynb": OTHER,
        "bob_92_4721_lab.ipynb": LAB,
        "cy_93_4730_lab-2.ipynb": LAB,
        "cy_LATE_93_4731_lab.ipynb": OTHER,
    }
    submissions = downloaded(tmp_path, files)
    assert [content(one) for one in submissions.values()] == [LAB] * 3
    assert [one.late for one in submissions.values()] == [True, False, False]
    assert submissions["91"].notes == (
        "Handed in more than once (2 earlier files): the latest counts, lab-10.ipynb.",
    )


def test_numbered_files_are_no_resubmissions(tmp_path: Path) -> None:
    """part-2 does not stand for part-1 where there is no plain part."""
    files = {"ada_91_4711_part-1.ipynb": LAB, "ada_91_4712_part-2.ipynb": lab()}
    assert content(downloaded(tmp_path, files)["91"]) == LAB


def test_names_like_canvas_are_no_canvas(tmp_path: Path) -> None:
    """Files of one number each are ids; the same number in all names is the lab's."""
    files = {"lab_1_2_ada.ipynb": LAB, "lab_1_2_bob.ipynb": LAB}
    assert list(downloaded(tmp_path, files)) == ["lab_1_2_ada", "lab_1_2_bob"]


def test_a_copy_does_not_undo_canvas(tmp_path: Path) -> None:
    """Downloaded twice, one file of many has another's id; a folder is a notebook in trouble."""
    files = {f"x_{n}_{n}00_lab.ipynb": LAB for n in range(4)}
    copied = {**files, "x_1_100_lab (1).ipynb": LAB, "y_9_900_lab.ipynb/x": b""}
    submissions = downloaded(tmp_path, copied)
    assert list(submissions) == ["0", "1", "2", "3", "9"]
    assert "it is a folder" in (submissions["9"].refusal or "")


def test_moodle(tmp_path: Path) -> None:
    """Folders of full names and ids; a student's online text belongs to the files."""
    files = {
        "Ada Lovelace_101_assignsubmission_file_/sub/lab.ipynb": LAB,
        "Ada Lovelace_101_assignsubmission_onlinetext_/onlinetext.html": b"",
        "Bob Ray_102_assignsubmission_onlinetext/onlinetext.html": b"",
        "Team 7_assignsubmission_file_/lab.ipynb": LAB,
    }
    submissions = downloaded(tmp_path, files)
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
    """The same before a file's name, which may look like another student's."""
    files = {
        "Ada_101_assignsubmission_file_lab.ipynb": LAB,
        "Ada_101_assignsubmission_file_Bob_102_assignsubmission_file_lab.ipynb": OTHER,
        "Bob_102_assignsubmission_file_lab.zip": b"",
    }
    submissions = downloaded(tmp_path, files)
    assert list(submissions) == ["101", "102"]
    assert submissions["101"].notes[0].startswith("Of 2 notebooks, ")
    assert "so unpack lab.zip" in (submissions["102"].refusal or "")


def test_moodle_with_names_hidden(tmp_path: Path) -> None:
    """Who share a name are told apart by the id."""
    files = {f"Participant_{n}_assignsubmission_file_/lab.ipynb": LAB for n in (7, 8)}
    assert [one.name for one in downloaded(tmp_path, files).values()] == [
        "Participant 7", "Participant 8",
    ]  # fmt: skip


def test_two_moodle_folders_of_one_id_are_both_graded(tmp_path: Path) -> None:
    """Nothing says which one is later."""
    files = {
        "Ada_101_assignsubmission_file_/lab.ipynb": LAB,
        "Eve_101_assignsubmission_file_/lab.ipynb": OTHER,
    }
    submissions = downloaded(tmp_path, files)
    assert [content(submissions[key]) for key in ("101", "101 #2")] == [LAB, OTHER]


@pytest.mark.parametrize("above", ["", "submitted/"])
def test_nbgrader(tmp_path: Path, above: str) -> None:
    """Given submitted/ or what it lies in; the timestamp is when it was handed in."""
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
    submissions = found(laid(tmp_path, files) / above)
    assert list(submissions) == ["ada", "bob", "cy", "dee", "eve", "fay"]
    assert submissions["ada"].submitted == datetime(2026, 11, 20, 15, 58, 23, 948203, tzinfo=UTC)
    assert submissions["bob"].submitted is None
    assert submissions["bob"].notes == ("timestamp.txt names no moment: tomorrow CEST",)
    assert submissions["dee"].refusal == "Nothing was handed in for ps1."
    assert submissions["cy"].refusal == "Nothing was handed in: there is no file."
    assert submissions["eve"].refusal == "Nothing was handed in: there is no file."
    assert content(submissions["fay"]) == LAB


def test_nbgrader_of_several_assignments(tmp_path: Path) -> None:
    """Which one is not guessed; and one that nobody handed in is not graded."""
    files = {f"submitted/{who}/{ps}/lab.ipynb": LAB for who, ps in (("a", "1"), ("b", "1"))}
    path = zipped(tmp_path / "x.zip", {**files, "submitted/c/2/lab.ipynb": LAB})
    with pytest.raises(SubmissionError, match=r"2 assignments \(1, 2\): .* --assignment"):
        found(path)
    with pytest.raises(SubmissionError, match="Nobody handed in 3: there is 1, 2"):
        found(path, replace(WANTED, assignment="3"))
    submissions = found(path, replace(WANTED, assignment="1"))
    assert [one.refusal for one in submissions.values()] == [
        None, None, "Nothing was handed in for 1.",
    ]  # fmt: skip


def test_an_assignment_is_nbgraders(tmp_path: Path) -> None:
    """Named elsewhere, it is a mistake and no filter."""
    with pytest.raises(SubmissionError, match="leave it out"):
        found(laid(tmp_path, {"ada.ipynb": LAB}), replace(WANTED, assignment="1"))


def test_one_student_makes_no_nbgrader(tmp_path: Path) -> None:
    """A timestamp in one student's folder does not change how others' are read."""
    files = {f"{who}/lab.ipynb": LAB for who in "abc"}
    submissions = found(laid(tmp_path, {**files, "a/x/timestamp.txt": b"", "a/x/y.ipynb": LAB}))
    assert [one.refusal for one in submissions.values()] == [None, None, None]
    stamped = {f"{who}/ps1/{name}": LAB for who in "de" for name in ("l.ipynb", "timestamp.txt")}
    assert list(found(laid(tmp_path / "2", stamped))) == ["d", "e"]
