"""The statistics of a batch."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.gradebook import GradebookRow
from grader.batch.policy.late_policy import Lateness
from grader.batch.statistics import distribution, summarise
from tests.builders import report, rubric, verdict

RUBRIC = rubric()


def row(points: float | None, state: Any = "graded", **changes: Any) -> GradebookRow:
    """Build a row with a score out of ten; None if nothing was graded."""
    made = None if points is None else report(verdict(points=points, **changes))
    return GradebookRow(student="a", name="", notebook="", state=state, report=made, lateness=None)


def test_a_whole_summary() -> None:
    """Every state is counted, and statistics are over graded submissions."""
    wrong = {"outcome": "failed", "misconception": "transposed"}
    rows = [
        row(10.0), row(0.0, **wrong), row(2.0, **wrong | {"misconception": "off_by_one"}),
        row(5.0, outcome="partial", misconception="transposed"),
        row(0.0, "partial", outcome="blocked"),
        row(None, "crashed"), row(None, "ungradable"),
    ]  # fmt: skip
    assert summarise(rows, RUBRIC).to_dict() == {
        "submissions": 7,
        "states": {"graded": 4, "partial": 1, "ungradable": 1, "timed_out": 0, "crashed": 1},
        "judged": 5,
        "mean": 3.4,
        "median": 2.0,
        "histogram": (2, 0, 1, 0, 0, 1, 0, 0, 0, 1),
        "final": {"mean": 3.4, "median": 2.0, "histogram": (2, 0, 1, 0, 0, 1, 0, 0, 0, 1)},
        "misconceptions": (
            {"name": "transposed", "count": 2},
            {"name": "off_by_one", "count": 1},
        ),
        "criteria": (
            {
                "id": "scores",
                "title": "Scores",
                "judged": 4,
                "attempted": 4,
                "passed_share": 0.25,
                "mean_share": 0.425,
                "discrimination": None,
                "misconceptions": (
                    {"name": "transposed", "count": 2},
                    {"name": "off_by_one", "count": 1},
                ),
            },
        ),
    }


def test_what_lateness_leaves_is_told_apart() -> None:
    """The distribution ignores late penalties; the final one has them."""
    late = replace(row(10.0), lateness=Lateness(days=1, penalty=40))
    found = summarise([late, row(5.0)], RUBRIC)
    assert (found.mean, found.final.mean) == (7.5, 5.5)
    assert [i for i, count in enumerate(found.final.histogram) if count] == [5, 6]


def test_a_mistake_counts_once_a_student() -> None:
    """A known mistake counts once per student, however many criteria it costs."""
    made = report(*(verdict(id=name, misconception="off_by_one") for name in ("a", "b")))
    found = summarise([replace(row(0.0), report=made)], RUBRIC)
    assert [(m.name, m.count) for m in found.misconceptions] == [("off_by_one", 1)]


def test_a_criterion_is_compared_with_everything_else() -> None:
    """A criterion's discrimination is the correlation with all others."""
    pairs = [(0, 1), (10, 4), (10, 5)]
    rows = [
        replace(row(0.0), report=report(verdict(points=p), verdict(id="other", points=q)))
        for p, q in pairs
    ]
    blank = report(verdict(points=0, outcome="not_attempted"), verdict(id="other", points=2))
    (found,) = summarise([*rows, replace(row(0.0), report=blank)], RUBRIC).criteria
    assert (found.judged, found.attempted) == (4, 3)
    assert found.discrimination == pytest.approx(0.9487, abs=1e-4)


def test_a_batch_of_nothing_has_no_mean() -> None:
    """An empty batch has null statistics in JSON, neither zero nor NaN."""
    found = json.loads(json.dumps(summarise([], RUBRIC).to_dict(), allow_nan=False))
    assert (found["mean"], found["median"], found["histogram"]) == (None, None, [0] * 10)
    assert found["criteria"][0]["passed_share"] is None


@pytest.mark.parametrize(
    ("points", "total", "at"),
    [(0, 10, 0), (0.9999, 10, 0), (1, 10, 1), (2.9, 10, 2), (10, 10, 9), (12, 10, 9), (3, 0, 0),
     (0.7, 1, 7), (0.3, 1, 3), (0.6, 1, 6)],
)  # fmt: skip
def test_a_score_is_in_its_tenth(points: float, total: float, at: int) -> None:
    """A bin's lower bound belongs to it; full marks and more are in the last bin."""
    found = distribution([(points, total)]).histogram
    assert [i for i, count in enumerate(found) if count] == [at]


@given(st.permutations(["b", "a", "d", "c", "b"]))
def test_equal_counts_are_in_one_order(names: list[str]) -> None:
    """The three most frequent known mistakes are listed, those of equal count by name."""
    rows = [row(0.0, outcome="failed", misconception=name) for name in names]
    (criterion,) = summarise(rows, RUBRIC).criteria
    assert [(m.name, m.count) for m in criterion.misconceptions] == [("b", 2), ("a", 1), ("c", 1)]
