"""The table of a regrade's changes: each student's, the largest change first."""

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from grader.render.regrade_table import render_changes
from grader.report.diff import ReportDiff, diff_reports
from grader.report.model import Report, Verdict
from tests.builders import report, verdict
from tests.render.hostile import TEXTS, obeyed, tallest

NOTHING: dict[str, Any] = {"outcome": "failed", "points": 0.0}
FAILED = verdict(**NOTHING)
HALF = verdict(outcome="partial", points=5.0)
PASSED = verdict()
FIGURE = verdict(id="figure", title="Figure", points=2.0, max_points=2.0)
LESS = verdict(id="figure", title="Figure", points=1.0, max_points=1.0)
CLASS = (
    ("ana", report(PASSED), report(PASSED)),
    ("ben", report(FAILED, FIGURE), report(HALF, FIGURE)),
    ("cem", report(FAILED), report(PASSED)),
    ("dua", report(PASSED), report(FAILED)),
    ("eva", report(HALF), report(verdict(outcome="failed", points=5.0))),
)
WHOLE = """\

 Student   Before   After   Change   Criteria
 ──────────────────────────────────────────────────────────────────
 dua           10       0      -10   Scores: passed, 10 → failed, 0
 cem            0      10      +10   Scores: failed, 0 → passed, 10
 ben            2       7       +5   Scores: failed, 0 → partial, 5
 eva            5       5        0   Scores: partial, 5 → failed, 5

2 up, 1 down, 2 the same
"""


def shown(found: Sequence[ReportDiff], needs_run: Mapping[str, Sequence[str]] | None = None) -> str:
    """Return the table as a terminal of 100 columns shows it, without trailing spaces."""
    console = Console(width=100, color_system=None, file=StringIO())
    with console.capture() as capture:
        console.print(render_changes(found, needs_run))
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def change(before: Report, after: Report) -> ReportDiff:
    """Return the change of one student."""
    (found,) = diff_reports([("ana", before, after)])
    return found


def test_the_whole_of_it() -> None:
    """The largest change comes first, losses before gains; unchanged students are counted."""
    assert shown(diff_reports(CLASS)) == WHOLE


def test_order_does_not_depend_on_the_order_given() -> None:
    """The order of the students does not change the table."""
    assert shown(diff_reports(reversed(CLASS))) == WHOLE


def test_what_stays_is_not_listed() -> None:
    """A criterion with other feedback but the same outcome and points is not listed."""
    reworded = verdict(feedback="Other words.", hints=("Another hint.",), seconds=9.0)
    found = change(report(PASSED, FIGURE), report(reworded, FIGURE))
    assert (found.gain, found.criteria, found.has_changed) == (0, (), False)
    assert shown([found]) == "0 up, 0 down, 1 the same\n"


def test_new_and_gone_criteria_are_said_to_be() -> None:
    """New and removed criteria are marked, and differing totals are shown."""
    text = shown([change(report(PASSED, FIGURE), report(PASSED))])
    assert "12 / 12   10 / 10       -2   Figure: removed, was passed, 2 of 2" in text
    text = shown([change(report(PASSED), report(PASSED, FIGURE))])
    assert "10 / 10   12 / 12       +2   Figure: new, passed, 2 of 2" in text


def test_other_points_for_the_same_outcome() -> None:
    """An unchanged outcome is shown once, and maximum points only if they changed."""
    text = shown([change(report(FIGURE), report(LESS))])
    assert "Figure: passed, 2 of 2 → 1 of 1" in text
    text = shown([change(report(HALF), report(verdict(outcome="partial", points=7.5)))])
    assert "Scores: partial, 5 → 7.5" in text
    text = shown([change(report(FAILED), report(verdict(**NOTHING, max_points=5.0)))])
    assert "Scores: failed, 0 of 10 → 0 of 5" in text


def test_another_total_is_a_change() -> None:
    """Another total is a change, even with the same points."""
    found = change(report(PASSED), report(PASSED, total=20.0))
    assert found.has_changed
    assert "10 / 10   10 / 20        0" in shown([found])


def test_rounding_is_no_change() -> None:
    """Floating-point rounding is no change."""
    thirds = [verdict(id=str(i), points=0.1, max_points=0.1) for i in range(3)]
    found = change(report(*thirds), report(*reversed(thirds), total=sum([0.1] * 3) + 1e-9))
    assert (found.gain, found.has_changed) == (0, False)


def test_who_needs_a_run_is_named() -> None:
    """Students who need another run are grouped by criteria, and not counted as unchanged."""
    text = shown(
        diff_reports(CLASS[:1]), {"fay": ("scores",), "gus": ("scores",), "hal": ("a", "b")}
    )
    assert text == (
        "0 up, 0 down, 1 the same\n"
        "2 not regraded, because judging scores requires a new run: fay, gus\n"
        "1 not regraded, because judging a, b requires a new run: hal\n"
    )
    many = {f"s{i:02d}": ("scores",) for i in range(25)}
    assert "s19 and 5 more" in " ".join(shown([], many).split())


verdicts = st.builds(
    verdict,
    id=st.sampled_from(["a", "b", "c"]),
    outcome=st.sampled_from(["passed", "partial", "failed"]),
    points=st.sampled_from([0.0, 1 / 3, 5.0, 10.0]),
)
reports = st.lists(verdicts, max_size=3, unique_by=lambda v: v.id).map(lambda vs: report(*vs))


@given(st.lists(st.tuples(st.text(max_size=3), reports, reports), max_size=6))
@settings(max_examples=50)
def test_every_submission_is_counted_once(scored: list[tuple[str, Report, Report]]) -> None:
    """Every submission is counted once, and the reverse comparison has opposite gains."""
    found = diff_reports(scored)
    sizes = [abs(one.gain) for one in found]
    assert sizes == sorted(sizes, reverse=True)
    assert len(found) == len(scored)
    back = diff_reports((student, after, before) for student, before, after in scored)
    assert sorted(one.gain for one in found) == sorted(-one.gain for one in back)
    assert sorted(len(one.criteria) for one in found) == sorted(len(one.criteria) for one in back)


def hostile(text: str) -> Verdict:
    """Build a verdict with this title."""
    return verdict(title=text, outcome="failed", points=0.0)


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_names_are_inert(text: str) -> None:
    """Hostile names are neither control sequences nor lines nor markup."""
    found = diff_reports([(text, report(PASSED), report(hostile(text)))])
    said = shown(found, {text: (text,)})
    assert obeyed(said) == []
    assert tallest(said) <= 4
    assert "1 down" in said
    assert not any(line.startswith("Score 100") for line in said.splitlines())
    if "[bold red]" in text:
        assert said.count("[bold red]") >= 3
