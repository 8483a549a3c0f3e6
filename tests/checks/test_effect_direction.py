"""Check `effect_direction`: an ablation has an effect of the right sign and size."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.ablation import EffectDirection
from grader.protocol.values import Value
from tests.builders import array, boolean, judged, number

REFERENCE = {"before": number(1), "after": number(5), "control": number(1.1)}


def effect(before: Any, after: Any, control: Any = None, **options: Any) -> str | None:
    """Return the feedback on an effect; None if it passes."""
    options = {"change": "rises", "control": None if control is None else "control", **options}
    check = EffectDirection(kind="effect_direction", before="before", after="after", **options)
    named = {"before": before, "after": after, "control": control}
    observed = {k: number(v) if isinstance(v, int | float) else v for k, v in named.items()}
    finding = judged(check, observed, REFERENCE)
    return None if finding.passed else finding.message


@pytest.mark.parametrize("after", [3.0, 5.0, 9.0])
def test_an_effect_of_like_size_passes(after: float) -> None:
    """From half the reference's effect to twice as much, both included."""
    assert effect(1, after) is None


@pytest.mark.parametrize("after", [2.9, 9.1])
def test_both_bounds_hold(after: float) -> None:
    """Too small an effect and too large a one fail, and the message says what to expect."""
    assert (effect(1, after) or "").endswith("expected about 4.")


@pytest.mark.parametrize("after", [1.0, -3.0])
def test_the_sign_counts(after: float) -> None:
    """No change, or one in the other direction, fails."""
    assert effect(1, after) == f"It should rise: you have 1 before and {after:.4g} after."


def test_falling_is_rising_downwards() -> None:
    """For `falls` the same holds upside down."""
    check = EffectDirection(kind="effect_direction", before="a", after="b", change="falls")
    reference = {"a": number(1), "b": number(0)}
    assert judged(check, {"a": number(1), "b": number(0.4)}, reference).passed
    assert not judged(check, {"a": number(1), "b": number(1.6)}, reference).passed


@pytest.mark.parametrize(
    ("control", "passes"), [(1.2, True), (0.5, True), (5.0, False), (-3, False)]
)
def test_the_control_stays_smaller(control: float, *, passes: bool) -> None:
    """Random heads may change it a little, in either direction, and less than the claimed ones."""
    assert (effect(1, 5, control) is None) is passes


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), array([5.0]), boolean(value=True)])
def test_only_finite_numbers_have_an_effect(odd: float | Value) -> None:
    """NaN, infinities, arrays and bools fail, in the control too."""
    assert effect(1, odd) is not None
    assert effect(odd, 5) is not None
    assert effect(1, 5, odd) is not None


def test_the_references_control_is_not_asked_for() -> None:
    """Random heads differ from run to run: the control is compared with nothing."""
    check = EffectDirection(
        kind="effect_direction", before="a", after="b", change="rises", control="c"
    )
    assert check.probes() == ("a", "b", "c")
    assert check.references() == ("a", "b")


@given(st.floats(), st.floats())
def test_a_reference_without_the_effect_lets_nothing_pass(a: float, b: float) -> None:
    """If the reference's number does not change, no answer passes."""
    check = EffectDirection(kind="effect_direction", before="a", after="b", change="rises")
    still = {"a": number(2), "b": number(2)}
    assert not judged(check, {"a": number(a), "b": number(b)}, still).passed
