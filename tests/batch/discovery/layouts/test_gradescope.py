"""A Gradescope export: folders are assigned by a metadata file that students can influence."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.discovery import zip_archive
from grader.batch.discovery.layouts.gradescope import (
    SubmissionMetadata,
    Submitter,
    read_submissions,
)
from tests.batch.builders import (
    LAB,
    find,
    lab_notebook,
    notebook_bytes,
    write_folder,
    write_zip,
    write_zip_with,
    zip_member,
)

METADATA = """\
---
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0101'
    :email: ada@example.org
    section_name: A
  :created_at: 2026-11-20 02:52:07.938335000 Z
  :score: 0.0
  :results:
    output: |
      submission_9:
        :submitters:
        - :name: Mallory
    tests:
    - name: "\\e[31m: x"
  :history:
  - :submitters:
    - :name: Nobody
    :created_at: 2020-01-01 00:00:00.000000000 Z
submission_2:
  :submitters:
  - :name: Bob Ray
    :sid: 102
    :email: bob@example.org
  - :name: "Cy\\u202e"
    :sid:
    :email: cy@example.org
  :created_at: 2026-11-21 02:52:07 Z
submission_3:
  :submitters: []
submission_4:
  :submitters:
  - :name: Dee
    :sid: '104'
"""


def test_an_export(tmp_path: Path) -> None:
    """Every group member gets the submission; unassigned and missing folders are kept."""
    files = {
        "assignment_5_export/submission_metadata.yml": METADATA.encode(),
        "assignment_5_export/submission_1/lab.ipynb": LAB,
        "assignment_5_export/submission_1/x/timestamp.txt": b"",
        "assignment_5_export/submission_2/lab.ipynb": lab_notebook("heads"),
        "assignment_5_export/submission_3/lab.ipynb": LAB,
        "assignment_5_export/submission_5/lab.py": b"",
    }
    submissions = find(write_zip(tmp_path / "x.zip", files))
    assert {key: one.name for key, one in submissions.items()} == {
        "0101": "Ada Lovelace",
        "102": "Bob Ray",
        "104": "Dee",
        "cy@example.org": "Cy\u202e",
        "submission_3": "submission_3",
        "submission_5": "submission_5",
    }
    assert submissions["0101"].submitted == datetime(2026, 11, 20, 2, 52, 7, 938335, tzinfo=UTC)
    assert submissions["0101"].notes == ()
    assert (
        notebook_bytes(submissions["102"])
        == notebook_bytes(submissions["cy@example.org"])
        == lab_notebook("heads")
    )
    assert submissions["102"].notes == ("Handed in together with Cy\\u202e.",)
    assert submissions["104"].refusal == "The export has no folder submission_4."
    assert submissions["submission_3"].notes == (
        "submission_metadata.yml does not say whose it is.",
    )
    assert submissions["submission_5"].refusal is not None


def test_a_group_of_a_zip_has_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group's notebook is unpacked and counted once."""
    monkeypatch.setattr(zip_archive, "MAX_UNPACKED_BYTES", len(LAB))
    people = b"submission_1:\n  :submitters:\n  - :sid: 7\n  - :sid: 8\n"
    files = {"submission_metadata.yml": people, "submission_1/lab.ipynb": LAB}
    one, other = find(write_zip(tmp_path / "x.zip", files)).values()
    assert one.notebook == other.notebook


def test_two_submissions_of_one_student_are_both_graded(tmp_path: Path) -> None:
    """Two submissions of one student are both graded."""
    people = "".join(f"submission_{n}:\n  :submitters:\n  - :sid: 7\n" for n in (1, 2))
    files = {f"submission_{n}/lab.ipynb": LAB for n in (1, 2)}
    path = write_zip(tmp_path / "x.zip", {**files, "submission_metadata.yml": people.encode()})
    assert list(find(path)) == ["7", "7 #2"]


def test_linked_metadata_is_not_followed(tmp_path: Path) -> None:
    """A linked metadata file is not read, and the notes say why names are missing."""
    write_folder(tmp_path, {"x/submission_1/lab.ipynb": LAB, "x/ada.ipynb": LAB, "secret": b""})
    (tmp_path / "x" / "submission_metadata.yml").symlink_to(tmp_path / "secret")
    link = zip_member("submission_metadata.yml", stat.S_IFLNK | 0o777)
    unpacked = find(tmp_path / "x")
    assert list(unpacked) == ["ada", "submission_1"]
    for one in (
        *unpacked.values(),
        *find(write_zip_with(tmp_path / "x.zip", (link, b"x"))).values(),
    ):
        assert one.notes[0].startswith("submission_metadata.yml cannot be read (it is a link")


@pytest.mark.parametrize("name", ["submission_metadata.yml", "submission_metadata.yml/x"])
def test_metadata_that_cannot_be_read_costs_only_names(tmp_path: Path, name: str) -> None:
    """With unreadable metadata, submissions are graded under their folders' names."""
    files = {f"submission_{n}/lab.ipynb": LAB for n in (1, 2)}
    submissions = find(write_zip(tmp_path / "x.zip", {**files, name: b"\0\xff!!: ["}))
    assert {"submission_1", "submission_2"} <= submissions.keys()


@pytest.mark.parametrize(
    "people",
    [
        "  - &a [*a]\n",
        "  - !!python/object:os.system {}\n",
        "  - : : :\n",
        '  - text\n  - [1]\n  - {":sid": [1]}\n',
        '  - {":sid": null, ":name": ~}\n',
        "  - :sid: 1\n" * 600,
        "",
    ],
)
def test_submitters_that_cannot_be_read_are_none(people: str) -> None:
    """Unreadable submitters are left out, and the next submission is read."""
    text = f"a:\n  :submitters:\n{people}  :score: 1\nb:\n  :submitters:\n  - :sid: 2\n"
    assert read_submissions(text.encode()) == {
        "a": SubmissionMetadata(),
        "b": SubmissionMetadata(submitters=(Submitter(sid="2"),)),
    }


@pytest.mark.parametrize("mark", ["\r", "\x85", "\u2028", "\v", "\f", "\x1c"])
def test_output_begins_no_submission(mark: str) -> None:
    """Only a newline ends a line: no other line end in output begins a submission."""
    text = f"a:\n  :results:\n    output: |\n      x{mark}b:{mark}  :submitters:\n"
    assert list(read_submissions(text.encode())) == ["a"]


def test_keys_may_be_quoted() -> None:
    """Folder names that look like numbers are quoted."""
    assert list(read_submissions(b"'12345':\n  :score: 1\n\"6\":\n7: \n")) == ["12345", "6", "7"]
