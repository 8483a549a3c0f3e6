"""What Canvas's importer asks of a file, and what it would do to cells."""

import csv
import io

import pytest

from grader.integrations.gradebooks.csv_file import RosterError
from grader.integrations.gradebooks.matching import Exported
from tests.integrations.gradebooks.rosters import CANVAS, GRADES, export, grade, sheet

PLAIN = "Student,ID,Section,Lab (5)\nPoints Possible,,,10\nAda,1,A,\nBo,2,A,4\n"


def table(exported: Exported, delimiter: str = ",") -> list[list[str]]:
    """A file as Canvas reads it."""
    text = io.StringIO(exported.data.decode("utf-8"), newline="")
    return list(csv.reader(text, delimiter=delimiter, strict=True))


def is_valid(head: list[str]) -> bool:
    """Canvas's rule for the first row: the last column about a student is the section."""
    if not (len(head) > 3 and "Student" in head[0] and "ID" in head[1]):
        return False
    count = 3
    if "SIS Login ID" in head[2]:
        count = 4
    elif "SIS User ID" in head[2] and "SIS Login ID" in head[3]:
        count = 5 + ("Integration ID" in head[5 - 1])
        count += "Root Account" in head[count - 1]
    return "Section" in head[count - 1] and len(head) == count + 1


@pytest.mark.parametrize(
    "about",
    [
        "Section",
        "SIS Login ID,Section",
        "SIS User ID,SIS Login ID,Section",
        "SIS User ID,SIS Login ID,Integration ID,Section",
        "SIS User ID,SIS Login ID,Root Account,Section",
        "SIS User ID,SIS Login ID,Integration ID,Root Account,Section",
    ],
)
def test_the_head_is_one_that_canvas_takes(about: str) -> None:
    """With whatever ids the course has; notes and other assignments are left out."""
    head = f"Student,ID,{about},Notes,Lab (5),Other (6),Final Score"
    width = head.count(",")
    text = f"{head}\n  Points Possible{',' * width}\nAda,1{',' * (width - 1)}\n"
    found = table(export("canvas", [grade("1")], text, assignment="5"))
    assert is_valid(found[0])
    assert found[0][-1] == "Lab (5)"
    assert "Points Possible" in found[1][0]
    assert {len(row) for row in found} == {len(found[0])}


@pytest.mark.parametrize(
    "head",
    [
        "Name,ID,Section",
        "Student,Number,Section",
        "Student,ID,Lab (5)",
        "Student,ID,SIS User ID,Section",
        "Student",
        "OrgDefinedId,Username",
    ],
)
def test_another_file_is_refused(head: str) -> None:
    """Canvas would say Invalid header row; here it is said before."""
    with pytest.raises(RosterError, match="is not a gradebook as Canvas exports it"):
        export("canvas", [], f"{head}\n")


@pytest.mark.parametrize("asked", ["5", "Lab (5)", "Lab", "lab"])
def test_an_assignment_by_title_or_id(asked: str) -> None:
    """The roster's own title is written, with its id, so that Canvas finds it again."""
    exported = export("canvas", [grade("1")], PLAIN, assignment=asked)
    assert [row[-1] for row in table(exported)] == ["Lab (5)", "10", "7.5", "4"]
    assert not any("create" in note for note in exported.notes)


def test_a_new_assignment_is_said_to_be_new() -> None:
    """A slip of the pen would make one too: the ones that are there are listed."""
    exported = export("canvas", [grade("1")], PLAIN, assignment="Labb")
    assert [row[-1] for row in table(exported)] == ["Labb", "10", "7.5", ""]
    assert "Canvas will create one out of 10 points. The roster's are: Lab (5)" in exported.notes[0]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("99", "has no assignment 99"),
        ("Lab (6)", r"has no assignment Lab \(6\)"),
        ("Final Score", "takes no assignment called"),
        ("Section", "takes no assignment called"),
        ("a\nb", "takes no assignment called"),
        (" ", "takes no assignment called"),
    ],
)
def test_titles_that_canvas_would_take_for_something_else(asked: str, says: str) -> None:
    """An id that is not there, a column of totals, a student's column."""
    with pytest.raises(RosterError, match=says):
        export("canvas", [], PLAIN, assignment=asked)


def test_a_column_of_totals_is_no_assignment() -> None:
    """Canvas would ignore what is written there."""
    with pytest.raises(RosterError, match="takes no assignment called"):
        export("canvas", [grade("1001")], CANVAS, assignment="Current Score")


def test_of_two_assignments_of_one_title_one_is_asked_for() -> None:
    """By the id."""
    text = PLAIN.replace("Lab (5)", "Lab (5),Lab (6)")
    with pytest.raises(RosterError, match="several columns Lab"):
        export("canvas", [], text, assignment="Lab")
    assert table(export("canvas", [], text, assignment="6"))[0][-1] == "Lab (6)"


def test_a_column_that_cannot_be_changed_is_refused() -> None:
    """Canvas would ignore it without a word."""
    with pytest.raises(RosterError, match="read only"):
        export("canvas", [], PLAIN.replace(",10\n", ",(read only)\n"), assignment="5")


def test_scores_are_scaled_to_the_points_possible() -> None:
    """80 of 100 is 8 of 10; the points are Canvas's to say, and a bonus stays one."""
    grades = [grade("1", 80.0, total=100.0), grade("2", 110.0, total=100.0)]
    exported = export("canvas", grades, PLAIN, assignment="5")
    assert [row[-1] for row in table(exported)[1:]] == ["10", "8", "11"]
    assert exported.notes == (
        "Scores out of 100 are scaled to the gradebook's 10 points.",
        "Above the maximum, and kept, as a bonus is: 2.",
    )


def test_nothing_that_canvas_has_is_taken_away() -> None:
    """A blank would take a score away and a number an excuse: both stay, and it is said."""
    exported = export("canvas", GRADES, CANVAS)
    cells = {row[1]: row[-1] for row in table(exported)[2:]}
    assert (cells["1003"], cells["1005"], cells["1007"], cells["1008"]) == ("3.25", "EX", "1.5", "")
    assert exported.notes[1:] == (
        "Excused in Canvas, and left so: 1005 (Mu\u0308ller, Zo\u00eb).",
        "Kept the number that Canvas has of: 1003 (Noether, Emmy); 1007 (Absent, Ann).",
    )


def test_the_invented_student_is_nobody() -> None:
    """Kept in the file, matched by none, and missed by none."""
    found = export("canvas", [grade("9999")], CANVAS)
    assert table(found)[-1][0] == "Student, Test"
    assert [g.student for g in found.matching.alone] == ["9999"]
    assert "9999" not in {key for person in found.matching.absent for key in person.keys}


def test_semicolons_and_commas_stay() -> None:
    """A roster of a country with decimal commas: so Excel opens what is written there."""
    text = "\ufeff" + PLAIN.replace(",", ";").replace(";4", ";4,50")
    exported = export("canvas", [grade("1")], sheet(text), assignment="5")
    assert exported.data.startswith(b"\xef\xbb\xbfStudent;ID;")
    assert [row[-1] for row in table(exported, ";")[2:]] == ["7,5", "4,50"]


def test_without_an_id_the_name_is_what_canvas_goes_by() -> None:
    """So it stays as it was; with one it cannot run in a spreadsheet."""
    text = 'Student,ID,Section,Lab (5)\n"=1+1",,A,\n"=2+2",7,A,\n'
    assert [row[0] for row in table(export("canvas", [], text, assignment="5"))[2:]] == [
        "=1+1", "'=2+2",
    ]  # fmt: skip


def test_one_column_to_match_by() -> None:
    """Where an id of one student is another's login, an instructor says which column counts."""
    text = "Student,ID,SIS Login ID,Section,Lab (5)\nAda,1,2,A,\nBo,2,1,A,\n"
    assert export("canvas", [grade("1")], text).filled == 0
    found = export("canvas", [grade("1")], text, match="sis login id", assignment="5")
    assert [row[-1] for row in table(found)[2:]] == ["", "7.5"]
    with pytest.raises(RosterError, match="no one column E-mail"):
        export("canvas", [], text, match="E-mail")
