"""The gradebook: every submission has its row, and no cell is a formula."""

import csv
import io
import unicodedata
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.gradebook import (
    COLUMNS_AFTER,
    COLUMNS_BEFORE,
    CRITERIA_COLUMNS,
    STATES,
    GradebookRow,
    criteria_csv,
    gradebook_csv,
)
from grader.batch.policy.late_policy import Lateness
from grader.batch.policy.overrides import Override, apply_overrides, parse_overrides
from tests.builders import MINI_RUBRIC, report, rubric, verdict
from tests.render.hostile import TEXTS, report_with

RUBRIC = rubric()
LOST = verdict(outcome="partial", points=2.5, misconception="transposed", variant="as_printed")
anything = st.text(st.characters(exclude_categories=[]), max_size=30) | st.sampled_from(TEXTS)


def row(**changes: Any) -> GradebookRow:
    """Build a row; it is graded unless changed."""
    plain = {
        "student": "jdoe", "name": "Doe, Jane", "notebook": "lab.ipynb", "state": "graded",
        "report": report(verdict()), "lateness": None,
    }  # fmt: skip
    return GradebookRow(**{**plain, **changes})


def parse(text: str) -> list[list[str]]:
    """Parse a table."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def cells(one: GradebookRow) -> dict[str, str]:
    """Return a submission's cells in the gradebook, by column."""
    header, _, values = parse(gradebook_csv([one], RUBRIC))
    return dict(zip(header, values, strict=True))


def criterion_cells(one: GradebookRow) -> dict[str, str]:
    """Return a submission's cells in the table of criteria, by column."""
    header, values = parse(criteria_csv([one], RUBRIC))
    return dict(zip(header, values, strict=True))


def test_a_whole_gradebook() -> None:
    """The gradebook has a header, the points possible, and a row per student with penalties."""
    late = Lateness(days=2, penalty=20, reason="2 days late")
    unknown = Lateness(days=None, reason="late by an unknown time", review=True)
    rows = [
        row(student="b", lateness=late, notes=("Two notebooks.", "The newer.")),
        row(student="a", lateness=unknown, report=report(LOST), state="partial"),
        row(student="c", state="crashed", report=None, lateness=late),
    ]
    assert gradebook_csv(rows, RUBRIC) == (
        '"student","name","state","score","max_score","late_days","late_penalty","final_score",'
        '"scores","notebook","notes"\r\n'
        '"","points possible","","10","10","","","","10","",""\r\n'
        '"a","Doe, Jane","partial","2.5","10","","0","2.5","2.5","lab.ipynb",'
        '"to review: late by an unknown time"\r\n'
        '"b","Doe, Jane","graded","10","10","2","2","8","10","lab.ipynb",'
        '"2 days late; Two notebooks.; The newer."\r\n'
        '"c","Doe, Jane","crashed","","","2","","","","lab.ipynb","2 days late"\r\n'
    )


def test_a_whole_table_of_criteria() -> None:
    """The table of criteria has the machine's points beside overridden ones."""
    text = "- {student: a, criterion: scores, points: 7.5, reason: Shown.}"
    given_by_hand = parse_overrides(text, RUBRIC).of("a")
    rows = [row(student="b"), row(student="a", report=apply_overrides(report(LOST), given_by_hand))]
    assert criteria_csv(rows, RUBRIC) == (
        '"student","criterion","title","function","outcome","points","max_points",'
        '"machine_points","override_reason","misconception","variant"\r\n'
        '"a","scores","Scores","compute_induction_scores","partial","7.5","10",'
        '"2.5","Shown.","transposed","as_printed"\r\n'
        '"b","scores","Scores","compute_induction_scores","passed","10","10","10","","",""\r\n'
    )


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_row(state: Any) -> None:
    """Without a report there is no number, not even zero."""
    found = cells(row(state=state, report=None, lateness=Lateness(days=0)))
    assert found == {
        "student": "jdoe", "name": "Doe, Jane", "state": state, "score": "", "max_score": "",
        "late_days": "0", "late_penalty": "", "final_score": "", "scores": "",
        "notebook": "lab.ipynb", "notes": "",
    }  # fmt: skip
    assert criterion_cells(row(state=state, report=None)) == {
        **dict.fromkeys(CRITERIA_COLUMNS, ""), "student": "jdoe", "criterion": "scores",
        "title": "Scores", "function": "compute_induction_scores", "max_points": "10",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("found", "score"),
    [
        (report(status="ungradable"), ""),
        (report(verdict(outcome="blocked", points=0.0), status="ungradable"), ""),
        (report(), ""),
        (report(verdict(outcome="failed", points=0.0)), "0"),
        (report(verdict(outcome="errored", points=0.0), status="partial"), "0"),
    ],
)
def test_zero_is_what_a_judged_answer_earned(found: Any, score: str) -> None:
    """An ungradable report has no score; a report on wrong answers has zero."""
    shown = cells(row(report=found))
    assert (shown["score"], shown["final_score"], shown["scores"]) == (score, score, score)


def test_without_a_late_policy_nothing_is_late_or_on_time() -> None:
    """Without a late policy its columns are empty, and the final score is the score."""
    found = cells(row())
    assert (found["late_days"], found["late_penalty"], found["final_score"]) == ("", "", "10")


def test_what_a_hand_judged_counts() -> None:
    """An ungradable submission has a score once an instructor gave points."""
    text = "- {student: jdoe, criterion: scores, points: 6, reason: Read by eye.}"
    by_hand = apply_overrides(
        report(status="ungradable", total=10.0), parse_overrides(text, RUBRIC).entries
    )
    found = cells(row(report=by_hand, state="ungradable"))
    assert (found["score"], found["max_score"], found["scores"]) == ("6", "10", "6")


def test_the_order_is_the_students() -> None:
    """The order of the rows does not change the tables' bytes."""
    rows = [row(student="b"), row(student="a", notebook="2"), row(student="a"), row()]
    for table in (gradebook_csv, criteria_csv):
        assert len({table(order, RUBRIC) for order in permutations(rows)}) == 1


def test_no_two_columns_have_one_name() -> None:
    """A criterion with the name of a column gets a prefix."""
    text = MINI_RUBRIC.replace("      scores:\n", "      notes:\n").replace(
        "fails: [scores]", "fails: [notes]"
    )
    (header, *_) = parse(gradebook_csv([], rubric(text)))
    assert header == [*COLUMNS_BEFORE, "criterion notes", *COLUMNS_AFTER]


@given(anything)
def test_no_field_is_a_formula_or_a_line_more(text: str) -> None:
    """Hostile names, files and notes are neither formulas nor further rows."""
    by_hand = Override(student=text, criterion=RUBRIC.criteria[0], points=1.0, reason=text, line=1)
    made = apply_overrides(report_with(text), [by_hand])
    odd = row(
        student=text, name=text, notebook=text, notes=(text,), report=made,
        lateness=Lateness(days=1, reason=text),
    )  # fmt: skip
    tables = [parse(gradebook_csv([odd], RUBRIC)), parse(criteria_csv([odd], RUBRIC))]
    assert [len(table) for table in tables] == [3, 2]
    for field in (field for table in tables for line in table for field in line):
        first = unicodedata.normalize("NFKC", field.strip('" \t\r\n')[:1])
        assert first[:1] not in set("=+-@")
        assert not [c for c in field if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
