"""A Gradescope export: whose folders they are is in a file that students' output is in, too."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.discovery import zip_archive as archive
from grader.batch.discovery.layouts.gradescope import Record, Submitter, records
from tests.batch.builders import LAB, content, found, lab, laid, member, packed, zipped

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
    """Each of a group has the submission; a folder that nobody or nothing belongs to is kept."""
    files = {
        "assignment_5_export/submission_metadata.yml": METADATA.encode(),
        "assignment_5_export/submission_1/lab.ipynb": LAB,
        "assignment_5_export/submission_1/x/timestamp.txt": b"",
        "assignment_5_export/submission_2/lab.ipynb": lab("heads"),
        "assignment_5_export/submission_3/lab.ipynb": LAB,
        "assignment_5_export/submission_5/lab.py": b"",
    }
    submissions = found(zipped(tmp_path / "x.zip", files))
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
    assert content(submissions["102"]) == content(submissions["cy@example.org"]) == lab("heads")
    assert submissions["102"].notes == ("Handed in together with Cy\\u202e.",)
    assert submissions["104"].refusal == "The export has no folder submission_4."
    assert submissions["submission_3"].notes == (
        "submission_metadata.yml does not say whose it is.",
    )
    assert submissions["submission_5"].refusal is not None


def test_a_group_of_a_zip_has_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpacked once, and counted once."""
    monkeypatch.setattr(archive, "MAX_TAKEN", len(LAB))
    people = b"submission_1:\n  :submitters:\n  - :sid: 7\n  - :sid: 8\n"
    files = {"submission_metadata.yml": people, "submission_1/lab.ipynb": LAB}
    one, other = found(zipped(tmp_path / "x.zip", files)).values()
    assert one.notebook == other.notebook


def test_two_submissions_of_one_student_are_both_graded(tmp_path: Path) -> None:
    """An export has one of each student; where it has two, nobody knows which counts."""
    people = "".join(f"submission_{n}:\n  :submitters:\n  - :sid: 7\n" for n in (1, 2))
    files = {f"submission_{n}/lab.ipynb": LAB for n in (1, 2)}
    path = zipped(tmp_path / "x.zip", {**files, "submission_metadata.yml": people.encode()})
    assert list(found(path)) == ["7", "7 #2"]


def test_linked_metadata_is_not_followed(tmp_path: Path) -> None:
    """It is said why nobody has a name; a notebook beside the folders is someone's, too."""
    laid(tmp_path, {"x/submission_1/lab.ipynb": LAB, "x/ada.ipynb": LAB, "secret": b""})
    (tmp_path / "x" / "submission_metadata.yml").symlink_to(tmp_path / "secret")
    link = member("submission_metadata.yml", stat.S_IFLNK | 0o777)
    unpacked = found(tmp_path / "x")
    assert list(unpacked) == ["ada", "submission_1"]
    for one in (*unpacked.values(), *found(packed(tmp_path / "x.zip", (link, b"x"))).values()):
        assert one.notes[0].startswith("submission_metadata.yml cannot be read (it is a link")


@pytest.mark.parametrize("name", ["submission_metadata.yml", "submission_metadata.yml/x"])
def test_metadata_that_cannot_be_read_costs_only_names(tmp_path: Path, name: str) -> None:
    """Submissions are graded under their folders' names."""
    files = {f"submission_{n}/lab.ipynb": LAB for n in (1, 2)}
    submissions = found(zipped(tmp_path / "x.zip", {**files, name: b"\0\xff!!: ["}))
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
    """And the submission after them is read all the same."""
    text = f"a:\n  :submitters:\n{people}  :score: 1\nb:\n  :submitters:\n  - :sid: 2\n"
    assert records(text.encode()) == {
        "a": Record(),
        "b": Record(submitters=(Submitter(sid="2"),)),
    }


@pytest.mark.parametrize("mark", ["\r", "\x85", "\u2028", "\v", "\f", "\x1c"])
def test_output_begins_no_submission(mark: str) -> None:
    """Only a newline ends a line; a student's output has other marks, and no left edge."""
    text = f"a:\n  :results:\n    output: |\n      x{mark}b:{mark}  :submitters:\n"
    assert list(records(text.encode())) == ["a"]


def test_keys_may_be_quoted() -> None:
    """Ruby quotes a folder's name that looks like a number."""
    assert list(records(b"'12345':\n  :score: 1\n\"6\":\n7: \n")) == ["12345", "6", "7"]
