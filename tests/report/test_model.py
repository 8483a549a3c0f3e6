"""The report's JSON: the contract that platforms read."""

import json
from typing import Any

import pytest

from grader.report.model import CellError
from tests.builders import report, verdict

KEYS = {
    "": {
        "schema",
        "status",
        "score",
        "max_score",
        "submission",
        "rubric",
        "criteria",
        "notebook",
        "environment",
    },
    "submission": {"name", "sha256", "student"},
    "rubric": {"lab", "version", "sha256"},
    "notebook": {"cells", "seconds", "errors"},
}
CRITERION_KEYS = {
    "id",
    "function",
    "title",
    "outcome",
    "points",
    "max_points",
    "feedback",
    "misconception",
    "variant",
    "visibility",
    "seconds",
}
LOST = verdict(outcome="failed", points=0.0)
BONUS = verdict(bonus=True, points=5.0, max_points=5.0)


def as_json(*verdicts: Any, **changes: Any) -> Any:
    """Return a report's JSON as another program reads it."""
    return json.loads(json.dumps(report(*verdicts, **changes).to_dict()))


@pytest.mark.parametrize("part", KEYS)
def test_the_contracts_keys_are_there(part: str) -> None:
    """Keys may be added, but none of these may be removed."""
    found = as_json(verdict())
    assert KEYS[part] <= (found[part] if part else found).keys()


def test_criteria_and_errors_have_their_keys() -> None:
    """Every criterion and every cell error is an object with these keys."""
    error = CellError(cell=4, ename="KeyError", evalue="'x'", traceback="line 2:")
    found = as_json(verdict(), cell_errors=(error,))
    assert found["criteria"][0].keys() >= CRITERION_KEYS
    assert found["notebook"]["errors"] == [
        {"cell": 4, "ename": "KeyError", "evalue": "'x'", "traceback": "line 2:"}
    ]
    assert found["schema"] == "induction-lab-grader/report/1"


def test_there_is_no_timestamp() -> None:
    """The same report always gives the same bytes; only `seconds` differ between runs."""
    first, second = (json.dumps(report(verdict()).to_dict()) for _ in range(2))
    assert first == second
    assert not [word for word in ("date", "time", "stamp", "created") if f'"{word}' in first]


def test_the_score_counts_bonus_on_top_of_the_total() -> None:
    """Bonus points count towards the score, but not towards the maximum."""
    found = as_json(verdict(), BONUS)
    assert (found["score"], found["max_score"]) == (15, 10)


@pytest.mark.parametrize(
    ("verdicts", "full"),
    [
        ((verdict(),), True),
        ((verdict(), BONUS), True),
        ((LOST, BONUS, BONUS), False),
        ((verdict(points=10 / 3, max_points=10 / 3),) * 3, True),
        ((verdict(points=9.9999),), False),
    ],
)
def test_full_marks_are_no_point_lost(verdicts: Any, *, full: bool) -> None:
    """Bonus points do not make up for lost points, and thirds add up to the whole."""
    assert report(*verdicts).full_marks is full
