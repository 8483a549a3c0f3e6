"""Tolerance classes: every term is relative to the reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.checks import DEFAULT_TOLERANCES, Tolerance
from grader.protocol.values import Expected
from tests.builders import array

REFERENCE = np.array([-2.0, 0.0, 6.0])
sizes = st.floats(0, 100)


def limits(tolerance: Tolerance, spread: float | None = None, draws: int = 1) -> list[float]:
    """The largest accepted errors around the reference."""
    sd = None if spread is None else np.full(3, spread)
    expected = Expected(value=array(REFERENCE), spread=sd, draws=draws)
    return [float(limit) for limit in tolerance.limits(expected, REFERENCE)]


@pytest.mark.parametrize(
    ("tolerance", "expected"),
    [
        (Tolerance(), [0, 0, 0]),
        (Tolerance(atol=0.5), [0.5, 0.5, 0.5]),
        (Tolerance(rtol=0.1), [0.2, 0, 0.6]),
        (Tolerance(atol_rel=0.25), [2, 2, 2]),
        (Tolerance(atol=1, rtol=0.5, atol_rel=0.125), [3, 2, 5]),
    ],
)
def test_terms_add_up(tolerance: Tolerance, expected: list[float]) -> None:
    """atol, a share of each entry, a share of the reference's range."""
    assert limits(tolerance) == pytest.approx(expected)


def test_spread_counts_both_draws() -> None:
    """It is z sd sqrt(1 + 1/draws); nothing without a spread."""
    assert limits(Tolerance(z=2), spread=0.5, draws=4) == pytest.approx([np.sqrt(1.25)] * 3)
    assert limits(Tolerance(z=2)) == [0, 0, 0]


def test_empty_references_have_a_range() -> None:
    """The range of nothing is no error."""
    empty = np.zeros((0, 3))
    assert Tolerance(atol_rel=1).limits(Expected(value=array(empty)), empty).shape == (0, 3)


@given(sizes, sizes, sizes, sizes)
def test_a_wider_term_never_narrows(atol: float, rtol: float, atol_rel: float, more: float) -> None:
    """Each limit grows, or stays, with each term."""
    narrow = limits(Tolerance(atol=atol, rtol=rtol, atol_rel=atol_rel))
    wide = limits(Tolerance(atol=atol + more, rtol=rtol + more, atol_rel=atol_rel + more))
    assert all(w >= n for w, n in zip(wide, narrow, strict=True))


@pytest.mark.parametrize("wrong", [{"atol": -1}, {"rtol": float("nan")}, {"z": float("inf")}])
def test_only_sizes_are_tolerances(wrong: dict[str, float]) -> None:
    """A negative, NaN or infinite term is refused, and so is an unknown one."""
    with pytest.raises(ValidationError):
        Tolerance.model_validate(wrong)
    with pytest.raises(ValidationError):
        Tolerance.model_validate({"absolute": 1})


def test_devices_are_ordered() -> None:
    """The further the machine from the reference's, the wider its class."""
    names = ("exact", "same_device", "cross_device", "reduced")
    classes = [limits(DEFAULT_TOLERANCES[name]) for name in names]
    assert classes == sorted(classes)
