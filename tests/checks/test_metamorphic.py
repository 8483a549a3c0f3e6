"""Check `metamorphic`: the student's own answers fit each other."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.checks.base import CheckResult
from grader.checks.metamorphic import Metamorphic
from grader.protocol.values import NoneValue, TextValue, Value
from tests.builders import array, boolean, figure, judged, number, parts, table, tensor

SAYS = "Renumbering the heads should renumber their scores."
SCORES = np.arange(12.0).reshape(3, 4)
NAN, INF = float("nan"), float("inf")
VALUES = [
    tensor(1.0, 2.0),
    array(SCORES),
    array(np.zeros((0, 2))),
    number(1e308),
    number(NAN),
    array([0.0, INF]),
    boolean(value=True),
    parts(number(1), TextValue(text="x")),
    figure([[1.0]]),
    table(a=number(1)),
    NoneValue(),
]


def found(answer: Value, other: Value, **fields: Any) -> CheckResult:
    """Return the check's result for an answer and the one it must follow from."""
    check = Metamorphic(kind="metamorphic", probe="x", equals_probe="y", message=SAYS, **fields)
    return judged(check, {"x": answer, "y": other})


def test_it_needs_no_reference() -> None:
    """It reads both of the student's answers and no expected value."""
    check = Metamorphic(kind="metamorphic", probe="x", equals_probe="y", message=SAYS)
    assert check.probes() == ("x", "y")
    assert check.references() == ()
    assert check.tolerance == "same_device"


def test_rolling_is_along_one_axis() -> None:
    """The last entries come to the front of the axis that is named, the last one by default."""
    assert found(array(np.roll(SCORES, 1, -1)), array(SCORES), roll=1).passed
    assert found(array(np.roll(SCORES, 1, 0)), array(SCORES), roll=1, axis=0).passed
    assert not found(array(np.roll(SCORES, 1, 0)), array(SCORES), roll=1).passed
    assert not found(array(np.roll(SCORES, -1, -1)), array(SCORES), roll=1).passed
    assert not found(array(SCORES), array(SCORES), roll=1).passed


def test_without_a_roll_both_are_the_same() -> None:
    """A relation may be equality, of constants and single numbers too."""
    assert found(number(2.0), array(2.0)).passed
    assert found(array([1.0, 1.0]), tensor(1.0, 1.0)).passed
    assert not found(number(2.0), number(2.1)).passed


def test_the_message_says_what_should_hold_and_where_it_does_not() -> None:
    """The worst entry as `close` names it, both values, and how many are off."""
    wrong = np.roll(SCORES, 1, -1)
    wrong[1, 2] += 0.5
    finding = found(array(wrong), array(SCORES), roll=1, axes=("layer", "head"))
    assert finding.message.startswith(
        f"{SAYS} L1H2: you 5.5, expected about 5: the largest difference (0.5;"
    )
    assert finding.margin is not None
    assert finding.margin > 1


def test_the_margin_is_error_by_tolerance() -> None:
    """A relation that holds says how nearly it did not."""
    finding = found(array([2.01, 1.0]), array([1.0, 2.0]), roll=1, tolerance="rank")
    assert finding.passed
    assert finding.margin == pytest.approx(0.5)


@pytest.mark.parametrize("other", [np.zeros((3, 4)), SCORES[:, :1] + np.zeros(4), SCORES[:, :1]])
def test_an_answer_that_says_nothing_relates_to_nothing(other: Any) -> None:
    """An answer that rolling does not change would follow from itself, so it fails."""
    finding = found(array(other), array(other), roll=1)
    assert finding.message == f"{SAYS} Your values are all alike there, which does not show it."


def test_alike_within_the_tolerance_is_alike() -> None:
    """Values too close together for a wrong order to be seen show nothing either."""
    other = np.array([0.5, 0.500001])
    assert not found(array(np.roll(other, 1)), array(other), roll=1).passed


@pytest.mark.parametrize("other", [array([]), array([NAN, 1.0]), array([INF, 1.0])])
@pytest.mark.parametrize("roll", [0, 1])
def test_nothing_follows_from_nothing(other: Value, roll: int) -> None:
    """Empty, NaN or infinite answers are equal to nothing, themselves included."""
    finding = found(other, other, roll=roll)
    assert finding.message == f"{SAYS} Your answer there is empty, NaN or infinite."


@pytest.mark.parametrize(
    ("answer", "other", "said"),
    [
        (array([1.0]), array([1.0, 2.0]), "Expected shape [2]; your code gave an array of shape"),
        (array([NAN, 1.0]), array([1.0, 2.0]), "1 of 2 values are NaN or infinite."),
        (NoneValue(), array([1.0, 2.0]), "your code gave None"),
        (array([1.0, 2.0]), TextValue(text="x"), "your code gave a string"),
        (number(1.0), number(1.0), "Your code gave the float 1: too few axes for that."),
    ],
)
def test_what_cannot_be_compared_is_said(answer: Value, other: Value, said: str) -> None:
    """Other shapes, no numbers, or no axis to roll along."""
    assert said in found(answer, other, roll=1).message


@given(
    arrays(np.float64, (2, 3), elements=st.floats(-1e6, 1e6)),
    st.integers(1, 2),
    st.sampled_from([-2, -1]),
)
def test_an_answer_passes_for_its_own_roll(scores: Any, roll: int, axis: int) -> None:
    """Whatever an answer is, its roll fits it, unless rolling changes nothing."""
    rolled = np.roll(scores, roll, axis)
    finding = found(array(rolled), array(scores), roll=roll, axis=axis)
    assert finding.passed or "all alike" in finding.message


@given(st.sampled_from(VALUES), st.sampled_from(VALUES), st.integers(-3, 3), st.integers(-3, 3))
def test_any_two_values_have_a_finding(one: Value, other: Value, roll: int, axis: int) -> None:
    """The check is total: it never raises, and warns nobody of overflows."""
    finding = found(one, other, roll=roll, axis=axis)
    assert finding.passed or finding.message.strip()
