"""Rules that prevent uninformative answers from earning points."""

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
TOGETHER = MINI_RUBRIC.replace("points: 10", "points: 10\n        all_or_nothing: true")


def test_checks_that_count_together_give_no_partial_credit() -> None:
    """With all-or-nothing checks, passing one of two earns nothing."""
    seen = {"scores": array([[0.0, 0.0], [0.0, 0.0]]), "shape": RIGHT}
    assert verdict_on(seen, KEY).points == 2.5
    assert verdict_on(seen, KEY, TOGETHER).points == 0
    assert verdict_on({"scores": RIGHT, "shape": RIGHT}, KEY, TOGETHER).points == 10


def test_a_mistake_that_fails_on_a_probe_is_not_recognised() -> None:
    """A known mistake is recognised only if every probe gave an answer."""
    wrong: dict[str, Value] = {"scores": array([[0.5, 0.5], [0.5, 0.5]])}
    key = answer_key({"scores": RIGHT, "shape": RIGHT}, mistakes={"transposed": wrong})
    seen: dict[str, Observation] = {**wrong, "shape": Failure(kind="raised")}
    assert verdict_on(seen, key).misconception is None


def test_a_function_whose_cell_broke_is_an_error_not_a_blank() -> None:
    """A function that is written but whose cell failed before it is errored, with the reason."""
    seen = {"scores": Failure(kind="missing"), "shape": Failure(kind="missing")}
    judge = Judge(
        rubric=rubric(),
        key=KEY,
        observations=seen,
        seconds={},
        defined_names=frozenset({"compute_induction_scores"}),
    )
    verdict = judge.verdicts()[0]
    assert verdict.outcome == "errored"
    assert "its cell failed before defining it" in verdict.feedback


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (
            MINI_RUBRIC.replace("kind: shape, probe: shape", "kind: properties, probe: shape"),
            "name at",
        ),
        (
            MINI_RUBRIC.replace("source: printed", "source: p").replace(
                "as_printed: {function: compute_induction_scores", "x: {function: other"
            ),
            "no probe is about 'other'",
        ),
    ],
)
def test_rubrics_that_check_nothing_are_refused(broken: str, says: str) -> None:
    """Property checks without a property and variants of untested functions are rubric errors."""
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
    """A list of whole numbers counts as integers, although lists travel as float64."""
    check = Shape(kind="shape", probe="tokens", numbers="integer")
    found = judged(check, {"tokens": rows}, {"tokens": nested_list([[1, 2], [3, 4]])})
    assert found.passed == whole
