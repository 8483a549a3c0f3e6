"""Any list of students is a roster for a plain table; none is needed."""

import csv
import io

import pytest

from grader.integrations.gradebooks.csv_file import RosterError
from tests.integrations.gradebooks.rosters import GRADES, export, grade


def table(text: str | None, *students: str) -> list[dict[str, str]]:
    """The plain table of these submissions."""
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
def test_lists_of_many_kinds(text: str, name: str) -> None:
    """The columns are known by their titles; a row of maxima is nobody's."""
    (found,) = table(text, "ada")
    assert (found["name"], found["score"], found["submission"]) == (name, "7.5", "ada")


def test_a_list_of_nobody_is_refused() -> None:
    """With the titles that would do."""
    with pytest.raises(RosterError, match="must name a column id, student, login, email or name"):
        table("group,points\n1,2\n")


def test_everyone_is_in_the_table() -> None:
    """The roster's students in its order, then submissions that it does not know."""
    found = table("id\nzoe\nada\n", "ada", "bob")
    assert [(row["student"], row["score"]) for row in found] == [
        ("zoe", ""), ("ada", "7.5"), ("bob", "7.5"),
    ]  # fmt: skip


def test_why_there_is_no_number_is_in_the_notes() -> None:
    """And what lateness took."""
    exported = export("csv", GRADES, None)
    found = {row["student"]: row for row in csv.DictReader(io.StringIO(exported.data.decode()))}
    assert found["1003"]["notes"] == "the kernel could not be started"
    assert found["0007"]["notes"] == "1 day late: 20 %"
    assert exported.filled == len(GRADES) - 1
