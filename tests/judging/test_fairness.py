"""Rules that keep a criterion from being earned by an answer that says nothing."""

import pytest

from grader.checks.shape import Shape
from grader.errors import RubricError
from grader.judging.judge import Judge
from grader.protocol.values import Failure, Observation, Value
from tests.builders import (
    MINI_RUBRIC,
    answer_key,
    array,
    judged,
    nested_list,
    parts,
    rubric,
    verdict_on,
)

RIGHT = array([[0.9, 0.1], [0.2, 0.3]])
KEY = answer_key({"scores": RIGHT, "shape": RIGHT})
TOGETHER = MINI_RUBRIC.replace("points: 10", "points: 10\n    together: true")


def test_checks_that_count_together_give_no_partial_credit() -> None:
    """Of two checks that count together, one passed earns nothing."""
    seen = {"scores": array([[0.0, 0.0], [0.0, 0.0]]), "shape": RIGHT}
    assert verdict_on(seen, KEY).points == 2.5
    assert verdict_on(seen, KEY, TOGETHER).points == 0
    assert verdict_on({"scores": RIGHT, "shape": RIGHT}, KEY, TOGETHER).points == 10


def test_a_mistake_that_fails_on_a_probe_is_not_recognised() -> None:
    """A known mistake needs an answer to every probe before an answer can equal it."""
    wrong: dict[str, Value] = {"scores": array([[0.5, 0.5], [0.5, 0.5]])}
    key = answer_key({"scores": RIGHT, "shape": RIGHT}, mistakes={"transposed": wrong})
    seen: dict[str, Observation] = {**wrong, "shape": Failure(kind="raised")}
    assert verdict_on(seen, key).misconception is None


def test_a_function_whose_cell_broke_is_an_error_not_a_blank() -> None:
    """A function that is written but whose cell broke before it is errored, and it is said why."""
    seen = {"scores": Failure(kind="missing"), "shape": Failure(kind="missing")}
    judge = Judge(
        rubric=rubric(),
        key=KEY,
        observations=seen,
        seconds={},
        names=frozenset({"compute_induction_scores"}),
    )
    verdict = judge.verdicts()[0]
    assert verdict.outcome == "errored"
    assert "its cell did not run to it" in verdict.feedback


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (
            MINI_RUBRIC.replace("kind: shape, probe: shape", "kind: properties, probe: shape"),
            "name at",
        ),
        (
            MINI_RUBRIC.replace("source: printed", "source: p").replace(
                "as_printed, function: compute_induction_scores", "x, function: other"
            ),
            "no probe is about 'other'",
        ),
    ],
)
def test_rubrics_that_check_nothing_are_refused(broken: str, says: str) -> None:
    """Properties without a property, and a variant of a function nobody asks for, are mistakes."""
    with pytest.raises(RubricError, match=says):
        rubric(broken)


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        (nested_list([[1, 2], [3, 4]]), True),
        (nested_list([[1, 2], [3, 4.5]]), False),
        (parts(nested_list([1, 2])), False),
    ],
)
def test_whole_numbers_in_a_list_are_integers(rows: Value, *, whole: bool) -> None:
    """A list of whole numbers is whole, although lists travel as float64."""
    check = Shape(kind="shape", probe="tokens", numbers="integer")
    found = judged(check, {"tokens": rows}, {"tokens": nested_list([[1, 2], [3, 4]])})
    assert found.passed == whole
