"""Check `ablation_effect`: ablating the listed heads matters, ablating as many others does not."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.ablation import AblationEffect
from grader.protocol.values import NoneValue, TextValue, Value
from tests.builders import array, boolean, judged, nested_list, number, parts, tensor

REFERENCE = nested_list([1.0, 5.0, 1.1])


def claim(value: Any, reference: Value = REFERENCE, **options: Any) -> str | None:
    """Return the feedback on [before, after, control]; None if they pass."""
    check = AblationEffect(kind="ablation_effect", probe="claim", **{"change": "rises", **options})
    observed = nested_list(value) if isinstance(value, list) else value
    finding = judged(check, {"claim": observed}, {"claim": reference})
    return None if finding.passed else finding.message


@pytest.mark.parametrize("value", [[1, 5, 1.1], [1, 3, 1], [1, 50, 1], [2, 4.5, 1.8]])
def test_an_effect_that_the_control_lacks_passes(value: list[float]) -> None:
    """At least half of the reference's effect, and a control of at most half of that."""
    assert claim(value) is None


@pytest.mark.parametrize(
    "value", [tensor(1, 5, 1.1), array([1, 5, 1.1]), parts(number(1), number(5), number(1.1))]
)
def test_containers_are_the_same_thing(value: Value) -> None:
    """Three numbers are three numbers."""
    assert claim(value) is None


def test_too_small_an_effect_is_said_with_the_right_one() -> None:
    """Less than half of the reference's effect; none at all and one the other way too."""
    said = "Ablating the heads in your list changes it by 1.9; the right ones change it by about 4."
    assert claim([1, 2.9, 1]) == said
    assert claim([1, 1, 1]) is not None
    assert "changes it by -4;" in (claim([5, 1, 5]) or "")


@pytest.mark.parametrize("control", [3.1, -1.1])
def test_the_control_stays_small_in_both_directions(control: float) -> None:
    """If ablating any heads has the effect, the listed ones show nothing."""
    said = claim([1, 5, control]) or ""
    assert said.startswith("Ablating as many other heads of the same layers changes it by")
    assert claim([1, 5, 3.0]) is None


def test_falling_is_rising_downwards() -> None:
    """For `falls` the same holds upside down, and the message keeps the sign."""
    reference = nested_list([1.0, 0.0, 0.9])
    assert claim([1, 0.4, 0.9], reference, change="falls") is None
    assert claim([1, 1.6, 0.9], reference, change="falls") is not None
    said = claim([1, 0.9, 1], reference, change="falls") or ""
    assert "changes it by -0.1; the right ones change it by about -1." in said


def test_both_shares_can_be_set() -> None:
    """The rubric says how large an effect has to be, and how small its control's."""
    assert claim([1, 4, 1], share=0.8) is not None
    assert claim([1, 5, 2], control=0.2) is not None


@pytest.mark.parametrize(
    "value",
    [
        [1.0, 5.0],
        [[1.0, 5.0, 1.1]],
        [1.0, float("nan"), 1.1],
        [1.0, float("inf"), 1.1],
        [],
        number(5),
        boolean(value=True),
        parts(number(1), number(5), boolean(value=False)),
        TextValue(text="5"),
        NoneValue(),
    ],
)
def test_only_three_finite_numbers_are_judged(value: Any) -> None:
    """All else is said in words."""
    assert claim(value) == "Ablating your heads and as many others gave no three finite numbers."


def test_a_reference_without_an_effect_is_said() -> None:
    """If the reference gives no three numbers, no answer passes."""
    assert claim([1, 5, 1], NoneValue()) == "The reference has no effect to compare with."


@given(st.lists(st.floats(), min_size=3, max_size=3), st.floats(-1e6, 1e6), st.floats(0.1, 1e6))
def test_shifting_all_three_changes_nothing(value: list[float], shift: float, size: float) -> None:
    """Only differences count; any three numbers have a finding."""
    effect = [0.0, 4 * size, 0.1 * size]
    reference = nested_list(effect)
    assert claim([shift + n for n in effect], reference) is None
    finite = bool(np.isfinite(value).all())
    assert ("finite" in (claim(value) or "")) is not finite
