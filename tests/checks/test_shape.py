"""Check `shape`: the reference's shape and the right kind of numbers."""

from typing import Literal

import numpy as np
import pytest

from grader.checks.shape import Shape
from grader.protocol.values import NoneValue, Value
from tests.builders import array, boolean, judged, nested_list, number, tensor

REFERENCE = array(np.zeros((2, 3)))


def finding(observed: Value, numbers: Literal["any", "integer"] = "any") -> str | None:
    """Return the feedback on a shape; None if it passes."""
    check = Shape(kind="shape", probe="x", axes=("n_layers", "n_heads"), numbers=numbers)
    found = judged(check, {"x": observed}, {"x": REFERENCE})
    return None if found.passed else found.message


@pytest.mark.parametrize(
    "value", [REFERENCE, nested_list(np.ones((2, 3))), tensor([1] * 3, [2] * 3)]
)
def test_the_right_shape_passes(value: Value) -> None:
    """Whatever is in it, in any container."""
    assert finding(value) is None


def test_another_shape_is_named() -> None:
    """Feedback gives the shape with its axes' names, and the student's."""
    said = finding(array(np.zeros((3, 2))))
    assert (
        said
        == "Expected shape [2, 3] [n_layers, n_heads]; your code gave an array of shape [3, 2]."
    )


def test_a_number_has_no_axes() -> None:
    """If one number is expected, the feedback says so."""
    check = Shape(kind="shape", probe="x")
    found = judged(check, {"x": array([1.0])}, {"x": number(1)})
    assert found.message == "Expected a single number; your code gave an array of shape [1]."


@pytest.mark.parametrize(
    "value", [NoneValue(), boolean(value=True), tensor([True] * 3, dtype="bool")]
)
def test_what_holds_no_numbers_fails(value: Value) -> None:
    """None and bools are no numbers of any shape."""
    assert finding(value) is not None


def test_integers_are_a_dtype() -> None:
    """Tokens are whole numbers by dtype, not by luck."""
    whole = tensor([1, 2, 3], [4, 5, 6], dtype="int64")
    assert finding(whole, "integer") is None
    assert finding(REFERENCE, "integer") == "Expected whole numbers (an integer dtype)."
