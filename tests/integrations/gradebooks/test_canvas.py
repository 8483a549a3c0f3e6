"""Tests against the rules of Canvas's importer."""

import csv
import io

import pytest

from grader.integrations.gradebooks.csv_file import RosterError
from grader.integrations.gradebooks.matching import ExportResult
from tests.integrations.gradebooks.rosters import CANVAS, GRADES, export, grade, sheet

PLAIN = "Student,ID,Section,Lab (5)\nPoints Possible,,,10\nAda,1,A,\nBo,2,A,4\n"


def table(exported: ExportResult, delimiter: str = ",") -> list[list[str]]:
    """Parse a file as Canvas does."""
    text = io.StringIO(exported.data.decode("utf-8"), newline="")
    return list(csv.reader(text, delimiter=delimiter, strict=True))


def is_valid_header(header: list[str]) -> bool:
    """Apply Canvas's rule: the columns on the student end with the section."""
    if not (len(header) > 3 and "Student" in header[0] and "ID" in header[1]):
        return False
    count = 3
    if "SIS Login ID" in header[2]:
        count = 4
    elif "SIS User ID" in header[2] and "SIS Login ID" in header[3]:
        count = 5 + ("Integration ID" in header[5 - 1])
        count += "Root Account" in header[count - 1]
    return "Section" in header[count - 1] and len(header) == count + 1


@pytest.mark.parametrize(
    "columns",
    [
        "Section",
        "SIS Login ID,Section",
        "SIS User ID,SIS Login ID,Section",
        "SIS User ID,SIS Login ID,Integration ID,Section",
        "SIS User ID,SIS Login ID,Root Account,Section",
        "SIS User ID,SIS Login ID,Integration ID,Root Account,Section",
    ],
)
def test_the_header_is_valid_for_canvas(columns: str) -> None:
    """Any id columns are kept; notes and other assignments are left out."""
    head = f"Student,ID,{columns},Notes,Lab (5),Other (6),Final Score"
    width = head.count(",")
    text = f"{head}\n  Points Possible{',' * width}\nAda,1{',' * (width - 1)}\n"
    found = table(export("canvas", [grade("1")], text, assignment="5"))
    assert is_valid_header(found[0])
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
def test_another_file_is_rejected(head: str) -> None:
    """Files that Canvas would reject with "Invalid header row" are rejected on export."""
    with pytest.raises(RosterError, match="is not a gradebook as Canvas exports it"):
        export("canvas", [], f"{head}\n")


@pytest.mark.parametrize("assignment", ["5", "Lab (5)", "Lab", "lab"])
def test_an_assignment_is_found_by_title_or_id(assignment: str) -> None:
    """The title is written with its id, so that Canvas finds the assignment."""
    exported = export("canvas", [grade("1")], PLAIN, assignment=assignment)
    assert [row[-1] for row in table(exported)] == ["Lab (5)", "10", "7.5", "4"]
    assert not any("create" in note for note in exported.notes)


def test_a_new_assignment_is_noted() -> None:
    """The note lists the existing assignments, because the title may have a typo."""
    exported = export("canvas", [grade("1")], PLAIN, assignment="Labb")
    assert [row[-1] for row in table(exported)] == ["Labb", "10", "7.5", ""]
    assert "Canvas will create one out of 10 points. The roster's are: Lab (5)" in exported.notes[0]


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("99", "has no assignment 99"),
        ("Lab (6)", r"has no assignment Lab \(6\)"),
        ("Final Score", "accepts no assignment called"),
        ("Section", "accepts no assignment called"),
        ("a\nb", "accepts no assignment called"),
        (" ", "accepts no assignment called"),
    ],
)
def test_titles_that_canvas_would_misread_are_rejected(assignment: str, message: str) -> None:
    """They are missing ids, columns of totals, and columns on the student."""
    with pytest.raises(RosterError, match=message):
        export("canvas", [], PLAIN, assignment=assignment)


def test_a_column_of_totals_is_not_an_assignment() -> None:
    """Canvas would ignore scores in such a column."""
    with pytest.raises(RosterError, match="accepts no assignment called"):
        export("canvas", [grade("1001")], CANVAS, assignment="Current Score")


def test_an_ambiguous_title_is_rejected() -> None:
    """An id selects one of two assignments with the same title."""
    text = PLAIN.replace("Lab (5)", "Lab (5),Lab (6)")
    with pytest.raises(RosterError, match="several columns Lab"):
        export("canvas", [], text, assignment="Lab")
    assert table(export("canvas", [], text, assignment="6"))[0][-1] == "Lab (6)"


def test_a_read_only_column_is_rejected() -> None:
    """Canvas would silently ignore scores in it."""
    with pytest.raises(RosterError, match="read only"):
        export("canvas", [], PLAIN.replace(",10\n", ",(read only)\n"), assignment="5")


def test_scores_are_scaled_to_the_points_possible() -> None:
    """80 of 100 is 8 of 10; a bonus stays above the maximum."""
    grades = [grade("1", 80.0, total=100.0), grade("2", 110.0, total=100.0)]
    exported = export("canvas", grades, PLAIN, assignment="5")
    assert [row[-1] for row in table(exported)[1:]] == ["10", "8", "11"]
    assert exported.notes == (
        "Scores out of 100 are scaled to the gradebook's 10 points.",
        "Above the maximum, and kept, since they may have a bonus: 2.",
    )


def test_existing_scores_and_excuses_are_kept() -> None:
    """A blank cell would delete a score, and a number an excuse; notes list both."""
    exported = export("canvas", GRADES, CANVAS)
    cells = {row[1]: row[-1] for row in table(exported)[2:]}
    assert (cells["1003"], cells["1005"], cells["1007"], cells["1008"]) == ("3.25", "EX", "1.5", "")
    assert exported.notes[1:] == (
        "Excused in Canvas, and still excused: 1005 (Mu\u0308ller, Zo\u00eb).",
        "Kept the score that Canvas already has for: 1003 (Noether, Emmy); 1007 (Absent, Ann).",
    )


def test_the_test_student_is_never_matched() -> None:
    """Its row is kept, but it is neither matched nor reported as missing."""
    found = export("canvas", [grade("9999")], CANVAS)
    assert table(found)[-1][0] == "Student, Test"
    assert [g.student for g in found.matching.unmatched] == ["9999"]
    assert "9999" not in {
        key for person in found.matching.without_submission for key in person.keys
    }


def test_semicolons_and_decimal_commas_are_preserved() -> None:
    """Excel opens the file in countries with decimal commas."""
    text = "\ufeff" + PLAIN.replace(",", ";").replace(";4", ";4,50")
    exported = export("canvas", [grade("1")], sheet(text), assignment="5")
    assert exported.data.startswith(b"\xef\xbb\xbfStudent;ID;")
    assert [row[-1] for row in table(exported, ";")[2:]] == ["7,5", "4,50"]


def test_formulas_are_escaped_only_in_rows_with_an_id() -> None:
    """Canvas matches rows without an id by name, so their names stay unchanged."""
    text = 'Student,ID,Section,Lab (5)\n"=1+1",,A,\n"=2+2",7,A,\n'
    assert [row[0] for row in table(export("canvas", [], text, assignment="5"))[2:]] == [
        "=1+1", "'=2+2",
    ]  # fmt: skip


def test_a_single_column_to_match_by() -> None:
    """If one student's id is another's login, the instructor can name the column to use."""
    text = "Student,ID,SIS Login ID,Section,Lab (5)\nAda,1,2,A,\nBo,2,1,A,\n"
    assert export("canvas", [grade("1")], text).filled_count == 0
    found = export("canvas", [grade("1")], text, match="sis login id", assignment="5")
    assert [row[-1] for row in table(found)[2:]] == ["", "7.5"]
    with pytest.raises(RosterError, match="exactly one column E-mail"):
        export("canvas", [], text, match="E-mail")
