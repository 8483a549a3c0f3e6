"""Overrides: every mistake in the file is reported, and they apply to any report."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.policy.overrides import (
    OverriddenVerdict,
    Overrides,
    apply_overrides,
    parse_overrides,
    read_overrides,
)
from grader.errors import RubricError
from grader.report.model import Report
from tests.builders import MINI_RUBRIC, report, rubric, verdict
from tests.text_files import written

TWO = MINI_RUBRIC.replace("total: 10", "total: 15") + (
    "  notebook: {criteria: {shape: {title: Shape, points: 5, checks: [{shape: shape}]}}}\n"
)
RUBRIC = rubric(TWO)
TEXT = """\
- {student: jdoe, criterion: scores, points: 7.5, reason: The plot shows it.}
- student: 007
  criterion: shape
  points: 5
  reason: Seen in the office.
"""
LOST = verdict(
    outcome="failed", points=0.0, feedback="Off by one.", misconception="transposed",
    hints=("Look at the axes.",), variant="as_printed",
)  # fmt: skip


def overrides(text: str = TEXT) -> Overrides:
    """Parse a file."""
    return parse_overrides(text, RUBRIC)


def complaints(text: str) -> list[str]:
    """Return the error message about a file's text, line by line."""
    with pytest.raises(RubricError) as caught:
        overrides(text)
    return str(caught.value).splitlines()


def item(**changes: object) -> str:
    """Return the text of a file with one override."""
    plain = {"student": "jdoe", "criterion": "scores", "points": 1, "reason": "Why."}
    fields = {**plain, **changes}.items()
    return "- {" + ", ".join(f"{k}: {v}" for k, v in fields if v is not None) + "}\n"


def changed(points: float, machine: Report | None = None) -> Report:
    """Return a report in which the criterion `scores` is overridden."""
    return apply_overrides(machine or report(LOST), overrides(item(points=points)).of("jdoe"))


def test_a_file_is_read_whole() -> None:
    """All fields and line numbers are read; an id keeps its leading zeros."""
    (first, second) = overrides().entries
    assert (first.student, first.criterion.id, first.points) == ("jdoe", "scores", 7.5)
    assert (first.reason, first.line) == ("The plot shows it.", 1)
    assert (second.student, second.criterion.id, second.line) == ("007", "shape", 2)


@pytest.mark.parametrize("text", ["", "# none yet\n", "[]"])
def test_a_file_may_have_nothing_in_it(text: str) -> None:
    """A file may be empty, commented out or an empty list."""
    assert overrides(text) == Overrides()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (item(points=11), "overrides.yaml:1: [0].points: 11 is more than the 10 of scores"),
        (item(points=-1), "overrides.yaml:1: [0].points: Input should be greater than or equal"),
        (item(points=".nan"), "overrides.yaml:1: [0].points: Input should be"),
        (item(points="all"), "overrides.yaml:1: [0].points: Input should be a valid number"),
        (item(reason='""'), "overrides.yaml:1: [0].reason: String should have at least 1"),
        (item(reason=None), "overrides.yaml:1: [0].reason: Field required"),
        (item(criterion=None), "overrides.yaml:1: [0].criterion: Field required"),
        (item(student="' '"), "overrides.yaml:1: [0].student: String should have at least 1"),
        (item(why="so"), "overrides.yaml:1: [0].why: Extra inputs are not permitted"),
        (item() + "- student: a\n  student: b\n", "overrides.yaml:3: [1].student: this key stands"),
        ("student: jdoe", "overrides.yaml:1: overrides are a list; this is a mapping."),
        ("jdoe", "overrides.yaml:1: overrides are a list; this is text."),
        ("- [", "overrides.yaml: not valid YAML"),
        ("- !!python/object/apply:os.system [ls]", "overrides.yaml: not valid YAML"),
        (
            item() + item(student="ann") + item(student=" 'jdoe '", points=2),
            "overrides.yaml:3: [2]: jdoe has points for scores at line 1 already",
        ),
    ],
)
def test_a_mistake_has_its_line(text: str, expected: str) -> None:
    """Every kind of mistake is reported with its line."""
    assert [line for line in complaints(text) if line.startswith(expected)]


def test_every_mistake_is_reported_at_once() -> None:
    """All mistakes are reported at once, in the order of the file."""
    text = (
        item(points=11) + item(student="ann") + item(student="ann") + item(student="bo", points=12)
    )
    assert [line.split(":")[1] for line in complaints(text)] == ["1", "3", "4"]


def test_a_name_is_no_trouble_in_a_message() -> None:
    """Odd characters in a name are escaped in messages."""
    odd = item(student='"\\u202ejdoe"', points=1)
    assert "\u202e" not in "".join(complaints(odd + odd))


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    """A file is read from its path; a missing one is reported."""
    assert read_overrides(written(tmp_path, TEXT, "overrides.yaml"), RUBRIC).entries
    with pytest.raises(RubricError, match=r"Cannot read the list of overrides .*No such file"):
        read_overrides(tmp_path / "none.yaml", RUBRIC)


@pytest.mark.parametrize(
    ("points", "outcome"), [(10, "passed"), (9.5, "partial"), (0.5, "partial"), (0, "failed")]
)
def test_points_and_outcome_agree(points: float, outcome: str) -> None:
    """Full points pass, none fail, others are partial; the score follows."""
    found = changed(points, report(LOST, verdict(id="shape", points=5.0)))
    assert (found.verdicts[0].points, found.verdicts[0].outcome) == (points, outcome)
    assert found.score == points + 5


def test_the_machines_word_stays() -> None:
    """The reason follows the feedback, and the machine's verdict is kept."""
    found = changed(7.5).verdicts[0]
    assert isinstance(found, OverriddenVerdict)
    assert found.feedback == "Off by one. Set by the instructor: Why."
    assert (found.machine, found.reason) == (LOST, "Why.")
    assert found.to_dict()["override"] == {"reason": "Why.", "machine": LOST.to_dict()}
    assert changed(9, report(verdict())).verdicts[0].feedback == "Set by the instructor: Why."
    assert found.to_dict().keys() > LOST.to_dict().keys()


def test_full_points_leave_no_mistake() -> None:
    """An override with full points removes misconception and hints; others keep them."""
    passed, partial = changed(10).verdicts[0], changed(5).verdicts[0]
    assert (passed.misconception, passed.hints, passed.variant) == (None, (), "as_printed")
    assert (partial.misconception, partial.hints) == (LOST.misconception, LOST.hints)


def test_only_what_is_named_changes() -> None:
    """Other criteria, other students and the rest of the report do not change."""
    machine = report(verdict(), verdict(id="shape", max_points=5.0, points=0.0, outcome="failed"))
    found = apply_overrides(machine, overrides().of("007"))
    assert found.verdicts[0] == machine.verdicts[0]
    assert (found.verdicts[1].points, found.status, found.total) == (5.0, "graded", 15)
    assert apply_overrides(machine, overrides().of("7")) is machine


@given(st.floats(0, 10), st.floats(0, 10))
def test_it_survives_a_regrade(points: float, regraded: float) -> None:
    """Overrides apply to a regraded report too, and applying them twice changes nothing."""
    again = report(verdict(outcome="partial", points=regraded, feedback="By a new rubric."))
    found = changed(points, again)
    assert found.score == pytest.approx(points, abs=1e-4)
    assert changed(points, found) == found


def test_what_could_not_be_graded_may_be_judged_by_hand() -> None:
    """An ungradable report gets the overridden criteria, and has a score."""
    machine = report(status="ungradable", total=15.0)
    found = apply_overrides(machine, overrides().of("jdoe"))
    assert (found.status, found.score, found.total) == ("partial", 7.5, 15.0)
    assert [(v.id, v.outcome, v.max_points) for v in found.verdicts] == [("scores", "partial", 10)]
    assert apply_overrides(machine, ()) is machine


def test_what_changes_nothing_is_said() -> None:
    """Overrides without effect are reported, one line each."""
    text = TEXT + item(student="ann", criterion="colour") + item(student="bo") + item(student="cy")
    found = overrides(text)
    reports = {"jdoe": report(verdict()), "007": report(verdict()), "bo": None}
    assert found.unused(reports) == (
        "overrides.yaml:6: the rubric has no criterion colour.",
        "overrides.yaml:2: 007 has no verdict on shape to change.",
        "overrides.yaml:7: bo has no verdict on scores to change.",
        "overrides.yaml:8: cy has no submission.",
    )
    assert overrides(item()).unused({"jdoe": report(status="ungradable")}) == ()


def test_a_name_is_the_same_however_it_is_composed() -> None:
    """Names are compared in Unicode normal form."""
    found = overrides(item(student="Jos\u00e9"))
    assert found.of("Jose\u0301 ")
    assert found.unused({"Jose\u0301": report(verdict())}) == ()
