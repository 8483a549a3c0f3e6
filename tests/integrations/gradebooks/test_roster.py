"""Tests of the generic table, with any list of students as its roster or with none."""

import csv
import io

import pytest

from grader.integrations.gradebooks.csv_file import RosterError
from tests.integrations.gradebooks.rosters import GRADES, export, grade


def table(text: str | None, *students: str) -> list[dict[str, str]]:
    """Export these submissions as a generic table."""
    exported = export("csv", [grade(student) for student in students], text)
    return list(csv.DictReader(io.StringIO(exported.data.decode(), newline="")))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("id,name\nada,Ada Lovelace\n", "Ada Lovelace"),
        ("Last Name;First Name;User Name\nLovelace;Ada;ADA\n", "Lovelace, Ada"),
        ("E-Mail\tName\nada\tAda\n", "Ada"),
        ("student\nada\n", "ada"),
        ("Student,ID,SIS Login ID,Section\n Points Possible,,,\nLovelace,1,ada,x\n", "Lovelace"),
        ('"student","name"\n"","points possible"\n"ada","Ada"\n', "Ada"),
    ],
)
def test_many_kinds_of_lists_are_understood(text: str, name: str) -> None:
    """Columns are recognised by their titles; a row of maximum points is skipped."""
    (found,) = table(text, "ada")
    assert (found["name"], found["score"], found["submission"]) == (name, "7.5", "ada")


def test_a_list_without_students_is_rejected() -> None:
    """The message lists the accepted titles."""
    with pytest.raises(RosterError, match="must name a column id, student, login, email or name"):
        table("group,points\n1,2\n")


def test_everyone_is_in_the_table() -> None:
    """The roster's students come first, in its order, then submissions that match none."""
    found = table("id\nzoe\nada\n", "ada", "bob")
    assert [(row["student"], row["score"]) for row in found] == [
        ("zoe", ""), ("ada", "7.5"), ("bob", "7.5"),
    ]  # fmt: skip


def test_notes_explain_missing_scores_and_penalties() -> None:
    """The notes have the reason for a missing score, and the late penalty."""
    exported = export("csv", GRADES, None)
    found = {row["student"]: row for row in csv.DictReader(io.StringIO(exported.data.decode()))}
    assert found["1003"]["notes"] == "the kernel could not be started"
    assert found["0007"]["notes"] == "1 day late: 20 %"
    assert exported.filled_count == len(GRADES) - 1
