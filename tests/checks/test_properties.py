"""Check `properties`: conditions on a value by itself."""

from typing import Any

import numpy as np
import pytest

from grader.checks.properties import Properties
from grader.protocol.values import NoneValue, TextValue, Value
from tests.builders import array, boolean, judged, tensor

REPEATED = tensor([5, 9, 5, 9], dtype="int64")


def broken(observed: Value, others: dict[str, Value] | None = None, **wanted: Any) -> str | None:
    """Return the feedback on a value; None if all properties hold."""
    check = Properties(kind="properties", probe="x", **wanted)
    found = judged(check, {"x": observed, **(others or {})})
    return None if found.passed else found.message


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ({"halves_equal": True}, REPEATED),
        ({"within": (5, 10)}, REPEATED),
        ({"between": (5, 9)}, REPEATED),
        ({"distinct": 2}, REPEATED),
        ({"halves_equal": True, "within": (0, 10), "distinct": 2}, REPEATED),
    ],
)
def test_what_holds_passes(wanted: dict[str, Any], value: Value) -> None:
    """Each property alone, and several together."""
    assert broken(value, **wanted) is None


@pytest.mark.parametrize(
    ("wanted", "value", "said"),
    [
        ({"halves_equal": True}, tensor([5, 9, 9, 5]), "does not repeat the first"),
        ({"halves_equal": True}, tensor([5, 9, 5]), "does not repeat the first"),
        ({"halves_equal": True}, array(5.0), "does not repeat the first"),
        ({"within": (5, 9)}, REPEATED, r"outside [5, 9)."),
        ({"within": (6, 10)}, REPEATED, r"outside [6, 10)."),
        ({"between": (6, 9)}, REPEATED, r"outside [6, 9]."),
        ({"within": (0, 100), "between": (6, 9)}, REPEATED, r"outside [6, 9]."),
        ({"distinct": 3}, REPEATED, "Fewer than 3 different entries."),
        ({"distinct": 1}, tensor(float("nan")), "NaN or infinite"),
        ({"within": (0, 10)}, array(np.zeros((1, 0))), "It is empty."),
        ({"within": (0, 2)}, boolean(value=True), "your code gave a bool"),
        ({"within": (0, 2)}, TextValue(text="1"), "your code gave a string"),
    ],
)
def test_what_does_not_hold_is_said(wanted: dict[str, Any], value: Value, said: str) -> None:
    """One property broken is enough, and named; nothing holds of an empty value."""
    message = broken(value, **wanted)
    assert message is not None
    assert said in message


def test_same_as_is_entry_for_entry() -> None:
    """The same seed gives the same tokens, whatever container they come in."""
    assert broken(REPEATED, {"y": array([[5, 9, 5, 9]])}, same_as="y") is None
    for other in (array([[5, 9, 5, 8]]), array([5, 9, 5, 9]), NoneValue()):
        assert "same seed" in (broken(REPEATED, {"y": other}, same_as="y") or "")


def test_differs_from_needs_another_answer() -> None:
    """Another seed gives other tokens; what is no tokens at all does not count as other."""
    assert broken(REPEATED, {"y": array([[1, 2, 1, 2]])}, differs_from="y") is None
    said = broken(REPEATED, {"y": REPEATED}, differs_from="y")
    assert said == "Called with another seed it gave the same."
    said = broken(REPEATED, {"y": NoneValue()}, differs_from="y")
    assert said == "Called with another seed it gave no numbers."


def test_it_reads_only_the_students_probes() -> None:
    """A property needs no reference: it reads its probe and those it is compared with."""
    check = Properties(kind="properties", probe="x", same_as="y", differs_from="z")
    assert check.probes() == ("x", "y", "z")
    assert check.references() == ()
