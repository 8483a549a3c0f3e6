"""Values and their descriptions."""

import pytest

from grader.protocol.values import NoneValue, TextValue, Value, describe
from tests.builders import (
    array,
    boolean,
    figure,
    nested_list,
    number,
    parts,
    table,
    tensor,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (tensor([1, 2, 3]), "a tensor of shape [1, 3]"),
        (array([1.0]), "an array of shape [1]"),
        (nested_list([[1.0], [2.0]]), "a list of numbers of shape [2, 1]"),
        (number(0.123456789), "the float 0.123457"),
        (number(float("nan")), "the float nan"),
        (boolean(value=True), "a bool"),
        (parts(number(1), number(2)), "a tuple of 2"),
        (figure([[1.0]]), "a figure of 1"),
        (table(a=number(1)), "a dict of 1"),
        (TextValue(text="done"), "a string"),
        (NoneValue(), "None"),
    ],
)
def test_describe_names_kind_and_shape(value: Value, words: str) -> None:
    """Feedback names a value by its kind and shape, not by its contents."""
    assert describe(value) == words
