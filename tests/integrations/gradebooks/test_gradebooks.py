"""Tests of every gradebook's file: golden files, repeated exports, and importers' requirements."""

import csv
import io
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cli.options import GRADEBOOKS as CHOICES
from grader.integrations.gradebooks.csv_file import CsvFile
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.registry import GRADEBOOKS
from tests.integrations.gradebooks.regenerate import GOLDEN, golden_files
from tests.integrations.gradebooks.rosters import GRADES, ROSTERS, export, grade

IDS = ["1001", "0007", "1003", "1005", "1006", "1006 #2", "1007", "7"]
NAMES = ["Lee, Sam", "Ada Lovelace", "=1+1", "Absent, Ann"]
LOGINS = ["ada", "Ann", "ann"]


def grade_lists(keys: list[str], names: list[str]) -> st.SearchStrategy[list[Grade]]:
    """Generate submissions with these keys and names."""
    score = st.none() | st.floats(-1, 12, allow_nan=False).map(lambda x: round(x, 4))
    grades = st.builds(grade, st.sampled_from(keys), score, name=st.sampled_from(["", *names]))
    return st.lists(grades, unique_by=lambda grade: grade.student)


def rows(data: bytes) -> list[list[str]]:
    """Parse a table as an importer does."""
    encoding = "utf-16" if data.startswith(b"\xff\xfe") else "utf-8-sig"
    delimiter = "\t" if encoding == "utf-16" else ","
    text = io.StringIO(data.decode(encoding), newline="")
    return list(csv.reader(text, delimiter=delimiter, strict=True))


@pytest.mark.parametrize(("file", "data"), golden_files().items(), ids=golden_files())
def test_output_matches_the_golden_file(file: str, data: bytes) -> None:
    """Every byte matches; `python -m tests.integrations.gradebooks.regenerate` changes them."""
    assert data == (GOLDEN / file).read_bytes()


def test_no_golden_file_is_left_over() -> None:
    """Every golden file is tested, and every gradebook has one."""
    assert {path.name for path in GOLDEN.iterdir()} == set(golden_files())
    assert {f"{to}.csv" for to in GRADEBOOKS} <= set(golden_files())


def test_the_command_knows_every_gradebook() -> None:
    """The options list them all, separately so that `grade --help` loads none of them."""
    assert list(CHOICES.choices) == sorted(GRADEBOOKS)


@pytest.mark.parametrize("to", GRADEBOOKS)
@given(drawn=st.data())
def test_exporting_onto_an_export_changes_nothing(to: str, drawn: st.DataObject) -> None:
    """An exported file, used as the roster, gives the same file again.

    Brightspace's file has no names and nbgrader's no logins, so grades are not matched by those.
    """
    keys = IDS if to == "nbgrader" else [*IDS, *LOGINS]
    grades = drawn.draw(grade_lists(keys, [] if to == "brightspace" else NAMES))
    once = export(to, grades, ROSTERS[to]).data
    again = export(to, grades, CsvFile.read(once, name="again.csv")).data
    assert again == once


@pytest.mark.parametrize("to", GRADEBOOKS)
def test_the_order_of_submissions_does_not_matter(to: str) -> None:
    """The same grades in another order give the same bytes."""
    shuffled = [*GRADES[4:], *GRADES[3::-1]]
    assert export(to, shuffled, ROSTERS[to]).data == export(to, GRADES, ROSTERS[to]).data


SCORE_COLUMNS: Mapping[str, int] = {
    "blackboard": 5, "brightspace": -2, "canvas": -1, "csv": 4, "moodle": 4, "nbgrader": 9,
}  # fmt: skip


@pytest.mark.parametrize("to", GRADEBOOKS)
def test_ungraded_work_never_becomes_zero(to: str) -> None:
    """Without a score a cell stays as it was."""
    exported = export(to, [grade(g.student, None) for g in GRADES], ROSTERS[to])
    scores = [row[SCORE_COLUMNS[to]] for row in rows(exported.data)[1:] if row]
    assert not {"0", "0.0", "0.00"} & set(scores)
    assert exported.filled_count == 0


@pytest.mark.parametrize("to", sorted(set(GRADEBOOKS) - {"csv"}))
def test_negative_scores_are_raised_to_zero(to: str) -> None:
    """Importers reject negative numbers."""
    exported = export(to, [grade("1001", -2.0)], ROSTERS[to])
    scores = [row[SCORE_COLUMNS[to]] for row in rows(exported.data)[1:]]
    assert {"0", "0.0"} & set(scores)


@pytest.mark.parametrize("to", ["canvas", "csv", "nbgrader"])
@given(
    st.sampled_from(["=1+1", "+1", "-1", "@A", "\t=1", "'=1", '"=1', "\uff1d1", "\n=1", "\u202e=1"])
)
def test_formulas_in_names_are_escaped(to: str, name: str) -> None:
    """This holds wherever the platform does not match students by their names."""
    text = io.StringIO()
    head = {"canvas": ["Student", "ID", "SIS Login ID", "Section"]}.get(to, ["Name", "ID"])
    csv.writer(text).writerows([head, [name, "1", *["x"] * (len(head) - 2)]])
    exported = export(to, [grade("1"), grade("2", name=name)], text.getvalue())
    for cell in (cell for row in rows(exported.data) for cell in row):
        assert cell.strip("\"' \t\r\n")[:1] not in set("=+@\uff1d") or cell.startswith("'")


@pytest.mark.parametrize("to", ["moodle", "blackboard"])
def test_names_are_unchanged_where_the_platform_matches_by_them(to: str) -> None:
    """All cells but the filled columns are unchanged, even formulas and bidirectional controls."""
    before, after = (
        [[cell for i, cell in enumerate(row) if i not in {4, 5, 9}] for row in table]
        for table in (ROSTERS[to].rows, rows(export(to, GRADES, ROSTERS[to]).data))
    )
    assert after == before


def test_blackboards_encoding_is_preserved() -> None:
    """UTF-16 with tabs is preserved, and so is UTF-8 with commas."""
    tabs = export("blackboard", GRADES, ROSTERS["blackboard"]).data
    assert tabs.startswith(b"\xff\xfe")
    text = '"Username","Mini lab [Total Pts: up to 20 Score] |5"\r\n"ada",""\r\n'
    exported = export("blackboard", [grade("ada")], text)
    assert exported.data == text.replace('"ada",""', '"ada","15"').encode()


def test_brightspace_has_keys_and_end_of_line_markers() -> None:
    """Keys keep their ``#``, rows end in one, and a new item's title has its maximum."""
    table = rows(export("brightspace", GRADES, ROSTERS["brightspace"], assignment="Lab 9").data)
    assert table[0] == [
        "OrgDefinedId", "Username", "Lab 9 Points Grade <Numeric MaxPoints:10>",
        "End-of-Line Indicator",
    ]  # fmt: skip
    assert {row[-1] for row in table[1:]} == {"#"}
    assert table[2][:2] == ["#0007", "#=zero"]


def test_nbgrader_subtracts_the_late_penalty() -> None:
    """The score is max(0, raw - penalty), under nbgrader's own header."""
    table = rows(export("nbgrader", GRADES, ROSTERS["nbgrader"]).data)
    assert ",".join(table[0]) == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,"
        "late_submission_penalty,score,max_score"
    )
    for row in table[1:]:
        raw, penalty, score = (float(cell or 0) for cell in row[7:10])
        assert score == max(0.0, raw - penalty)
