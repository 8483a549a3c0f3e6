"""Check `close`: every entry is within tolerance of the reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.close import Close
from grader.protocol.values import Expected, NoneValue, TextValue, Value
from tests.builders import (
    array,
    boolean,
    figure,
    judged,
    nested_list,
    number,
    parts,
    table,
    tensor,
)

NAN, INF = float("nan"), float("inf")
VALUES = [
    tensor(1.0, 2.0),
    array([[1.0]]),
    number(1e308),
    number(NAN),
    boolean(value=True),
    parts(number(1), TextValue(text="x")),
    figure([[1.0]]),
    table(a=number(1)),
    TextValue(text="1.0"),
    NoneValue(),
]


def close(observed: Value, reference: Value | Expected, tolerance: str = "same_device") -> bool:
    """Return True if the value passes."""
    check = Close(kind="close", probe="x", tolerance=tolerance)
    return judged(check, {"x": observed}, {"x": reference}).passed


def message(observed: Value, reference: Value, *axes: str) -> str:
    """Return the feedback for the student."""
    check = Close(kind="close", probe="x", axes=axes)
    return judged(check, {"x": observed}, {"x": reference}).message


@pytest.mark.parametrize(
    "value",
    [
        tensor(0.5, 0.25),
        tensor(0.5, 0.25, dtype="float16"),
        array([0.5, 0.25]),
        nested_list([0.5, 0.25]),
        parts(number(0.5), array(0.25)),
    ],
)
def test_containers_are_the_same_thing(value: Value) -> None:
    """Tensor, array, list and tuple of numbers get the same verdict, right or wrong."""
    assert close(value, array([0.5, 0.25]))
    assert not close(value, array([0.5, 0.26]))


@pytest.mark.parametrize("value", [number(2), array(2.0), nested_list(2.0)])
def test_single_numbers_are_the_same_thing(value: Value) -> None:
    """A number is a number, 0-d or Python's; a list of one is not."""
    assert close(value, number(2))
    assert not close(value, array([2.0]))


def test_nothing_is_broadcast() -> None:
    """Another shape fails, however well it would broadcast; the message says both shapes."""
    said = message(number(0), array([[0.0, 0.0]]))
    assert said == "Expected shape [1, 2]; your code gave the float 0."
    assert message(array([0.0]), number(0)).startswith("Expected a single number")


@pytest.mark.parametrize("value", [boolean(value=True), tensor(True, dtype="bool")])
def test_a_bool_is_no_number(value: Value) -> None:
    """True is not 1."""
    assert not close(value, number(1))
    assert not close(value, array([1.0]))


@pytest.mark.parametrize("odd", [NAN, INF, -INF])
def test_nan_and_infinity_never_pass(odd: float) -> None:
    """Neither in the answer nor in the reference, where no answer can be right."""
    assert "1 of 2 values are NaN or infinite" in message(array([odd, 0.0]), array([0.0, 0.0]))
    assert not close(number(odd), number(odd))
    assert not close(number(1), number(odd))


def test_the_message_names_head_and_both_values() -> None:
    """The worst head is named as the lab prints it, with the student's number and the right one."""
    reference, observed = np.zeros((12, 12)), np.zeros((12, 12))
    reference[5, 1], observed[5, 1], observed[0, 0] = 0.9, 0.0312, 0.002
    said = message(array(observed), array(reference), "layer", "head")
    assert said.startswith("L5H1: you 0.0312, expected about 0.9: the largest difference (0.87;")


def test_the_message_names_entries() -> None:
    """Axes name entries; an axis whose names do not fit counts by position."""
    observed, reference = array([0.0, 0.5]), array([0.0, 1.0])
    assert message(observed, reference, "loss|accuracy").startswith("accuracy: you 0.5")
    assert message(observed, reference, "loss|accuracy|size").startswith("loss|accuracy|size 1:")
    assert message(observed, reference, "pos").startswith("pos 1: you 0.5")
    assert message(observed, reference).startswith("at [1]: you 0.5")
    assert message(number(0), number(1)) == "you 0, expected about 1 (tolerance 0.0011)."


def test_the_margin_is_error_by_tolerance() -> None:
    """A margin over 1 is a failure, under 1 a pass."""
    check = Close(kind="close", probe="x", tolerance="rank")
    finding = judged(check, {"x": array([0.0, 0.01])}, {"x": array([0.0, 0.0])})
    assert finding.margin == pytest.approx(0.5)


@pytest.mark.parametrize(("answer", "passes"), [(1.39, True), (1.41, False), (0.59, False)])
def test_spread_widens_the_statistical_class(answer: float, *, passes: bool) -> None:
    """As many as z standard deviations of the reference's draws, for the mean's own error too."""
    reference = Expected(value=array([1.0]), spread=np.array([0.1]), draws=100)
    assert close(array([answer]), reference, "statistical") is passes


@given(st.sampled_from(VALUES), st.sampled_from(VALUES))
def test_any_two_values_have_a_finding(observed: Value, reference: Value) -> None:
    """The check is total: it never raises, and warns nobody of overflows."""
    check = Close(kind="close", probe="x", axes=("layer", "head"))
    finding = judged(check, {"x": observed}, {"x": reference})
    assert finding.passed or finding.message


@given(st.floats(), st.floats(allow_nan=False, allow_infinity=False))
def test_exact_is_exact(answer: float, reference: float) -> None:
    """Without a tolerance only the very number passes."""
    assert close(number(answer), number(reference), "exact") == (answer == reference)
