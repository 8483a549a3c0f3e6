"""Every gradebook's file: agreed to the byte, the same again, and as its importer wants it."""

import csv
import io
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cli.options import GRADEBOOK as CHOICES
from grader.integrations.gradebooks.csv_file import Sheet
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.registry import GRADEBOOKS
from tests.integrations.gradebooks.regenerate import GOLDEN, written
from tests.integrations.gradebooks.rosters import GRADES, ROSTERS, export, grade

IDS = ["1001", "0007", "1003", "1005", "1006", "1006 #2", "1007", "7"]
NAMES = ["Lee, Sam", "Ada Lovelace", "=1+1", "Absent, Ann"]
LOGINS = ["ada", "Ann", "ann"]


def some(keys: list[str], names: list[str]) -> st.SearchStrategy[list[Grade]]:
    """Any submissions with these keys and names."""
    score = st.none() | st.floats(-1, 12, allow_nan=False).map(lambda x: round(x, 4))
    one = st.builds(grade, st.sampled_from(keys), score, name=st.sampled_from(["", *names]))
    return st.lists(one, unique_by=lambda one: one.student)


def rows(data: bytes) -> list[list[str]]:
    """A table as an importer reads it."""
    encoding = "utf-16" if data.startswith(b"\xff\xfe") else "utf-8-sig"
    delimiter = "\t" if encoding == "utf-16" else ","
    text = io.StringIO(data.decode(encoding), newline="")
    return list(csv.reader(text, delimiter=delimiter, strict=True))


@pytest.mark.parametrize(("file", "data"), written().items(), ids=written())
def test_what_is_written_is_what_was_agreed(file: str, data: bytes) -> None:
    """To the byte; a change is made on purpose, with `python -m tests.integrations.gradebooks.regenerate`."""
    assert data == (GOLDEN / file).read_bytes()


def test_no_golden_file_is_left_over() -> None:
    """Each is written by something, and every gradebook has one."""
    assert {path.name for path in GOLDEN.iterdir()} == set(written())
    assert {f"{to}.csv" for to in GRADEBOOKS} <= set(written())


def test_the_command_knows_every_gradebook() -> None:
    """Its list is written out, so that `grade --help` loads none of them."""
    assert list(CHOICES.choices) == sorted(GRADEBOOKS)


@pytest.mark.parametrize("to", GRADEBOOKS)
@given(drawn=st.data())
def test_exporting_onto_an_export_changes_nothing(to: str, drawn: st.DataObject) -> None:
    """Whoever is matched, doubtful or missing: the file as roster gives the file.

    Brightspace's has no names in it and nbgrader's no logins, so nobody is found by them again.
    """
    keys = IDS if to == "nbgrader" else [*IDS, *LOGINS]
    grades = drawn.draw(some(keys, [] if to == "brightspace" else NAMES))
    once = export(to, grades, ROSTERS[to]).data
    again = export(to, grades, Sheet.read(once, name="again.csv")).data
    assert again == once


@pytest.mark.parametrize("to", GRADEBOOKS)
def test_the_order_of_submissions_is_nothing(to: str) -> None:
    """The same batch gives the same bytes."""
    shuffled = [*GRADES[4:], *GRADES[3::-1]]
    assert export(to, shuffled, ROSTERS[to]).data == export(to, GRADES, ROSTERS[to]).data


SCORE_COLUMNS: Mapping[str, int] = {
    "blackboard": 5, "brightspace": -2, "canvas": -1, "csv": 4, "moodle": 4, "nbgrader": 9,
}  # fmt: skip


@pytest.mark.parametrize("to", GRADEBOOKS)
def test_no_number_is_made_up(to: str) -> None:
    """Without a judged report a cell is what it was: empty, never zero."""
    exported = export(to, [grade(g.student, None) for g in GRADES], ROSTERS[to])
    scores = [row[SCORE_COLUMNS[to]] for row in rows(exported.data)[1:] if row]
    assert not {"0", "0.0", "0.00"} & set(scores)
    assert exported.filled == 0


@pytest.mark.parametrize("to", sorted(set(GRADEBOOKS) - {"csv"}))
def test_below_zero_is_zero(to: str) -> None:
    """No importer takes less."""
    exported = export(to, [grade("1001", -2.0)], ROSTERS[to])
    scores = [row[SCORE_COLUMNS[to]] for row in rows(exported.data)[1:]]
    assert {"0", "0.0"} & set(scores)


@pytest.mark.parametrize("to", ["canvas", "csv", "nbgrader"])
@given(
    st.sampled_from(["=1+1", "+1", "-1", "@A", "\t=1", "'=1", '"=1', "\uff1d1", "\n=1", "\u202e=1"])
)
def test_no_name_is_a_formula(to: str, name: str) -> None:
    """Where a platform does not match by it, a spreadsheet does not run it either."""
    text = io.StringIO()
    head = {"canvas": ["Student", "ID", "SIS Login ID", "Section"]}.get(to, ["Name", "ID"])
    csv.writer(text).writerows([head, [name, "1", *["x"] * (len(head) - 2)]])
    exported = export(to, [grade("1"), grade("2", name=name)], text.getvalue())
    for cell in (cell for row in rows(exported.data) for cell in row):
        assert cell.strip("\"' \t\r\n")[:1] not in set("=+@\uff1d") or cell.startswith("'")


@pytest.mark.parametrize("to", ["moodle", "blackboard"])
def test_names_stay_where_the_platform_reads_them_back(to: str) -> None:
    """Every cell but the filled columns is as it was, formulas and marks of direction included."""
    before, after = (
        [[cell for i, cell in enumerate(row) if i not in {4, 5, 9}] for row in table]
        for table in (ROSTERS[to].rows, rows(export(to, GRADES, ROSTERS[to]).data))
    )
    assert after == before


def test_what_blackboard_gives_it_gets() -> None:
    """UTF-16 with tabs stays so, and so does UTF-8 with commas."""
    tabs = export("blackboard", GRADES, ROSTERS["blackboard"]).data
    assert tabs.startswith(b"\xff\xfe")
    text = '"Username","Mini lab [Total Pts: up to 20 Score] |5"\r\n"ada",""\r\n'
    exported = export("blackboard", [grade("ada")], text)
    assert exported.data == text.replace('"ada",""', '"ada","15"').encode()


def test_brightspace_has_keys_first_and_marks_its_rows() -> None:
    """As exported, with the mark that keeps leading zeros; a new item says what it is out of."""
    table = rows(export("brightspace", GRADES, ROSTERS["brightspace"], assignment="Lab 9").data)
    assert table[0] == [
        "OrgDefinedId", "Username", "Lab 9 Points Grade <Numeric MaxPoints:10>",
        "End-of-Line Indicator",
    ]  # fmt: skip
    assert {row[-1] for row in table[1:]} == {"#"}
    assert table[2][:2] == ["#0007", "#=zero"]


def test_nbgrader_subtracts_what_lateness_took() -> None:
    """A score is max(0, raw - penalty), under nbgrader's own head."""
    table = rows(export("nbgrader", GRADES, ROSTERS["nbgrader"]).data)
    assert ",".join(table[0]) == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,"
        "late_submission_penalty,score,max_score"
    )
    for row in table[1:]:
        raw, penalty, score = (float(cell or 0) for cell in row[7:10])
        assert score == max(0.0, raw - penalty)
