"""Property `uniform` of the check `properties`: entries are spread evenly over a range."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.checks.properties import Properties
from tests.builders import judged, tensor

Draw = Callable[[np.random.Generator], NDArray[Any]]
UNEVEN = "The entries are not spread evenly over [1000, 10000)."


def uneven(drawn: Any) -> str | None:
    """Return the feedback on a repeated sequence of these tokens; None if it passes."""
    check = Properties(kind="properties", probe="x", uniform=(1000, 10000))
    finding = judged(check, {"x": tensor(np.tile(drawn, 2))})
    return None if finding.passed else finding.message


@pytest.mark.parametrize("replace", [True, False], ids=["with", "without"])
@given(seed=st.integers(0, 2**32 - 1))
def test_uniform_draws_pass(seed: int, *, replace: bool) -> None:
    """Whatever the seed, with and without replacement."""
    assert uneven(np.random.default_rng(seed).choice(9000, 2000, replace=replace) + 1000) is None


@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 100))
def test_few_uniform_draws_pass(seed: int, size: int) -> None:
    """The fewer the entries, the less they can show."""
    assert uneven(np.random.default_rng(seed).integers(1000, 10000, size)) is None


UNEVEN_DRAWS: dict[str, Draw] = {
    "normal": lambda rng: rng.normal(5500, 1500, 2000).clip(1000, 9999).round(),
    "wide normal": lambda rng: rng.normal(5500, 2500, 2000).clip(1000, 9999).round(),
    "lower half": lambda rng: rng.integers(1000, 5500, 2000),
    "from 0": lambda rng: rng.integers(0, 10000, 2000),
    "beyond": lambda rng: rng.integers(1000, 50257, 2000),
    "below": lambda rng: rng.integers(0, 1000, 2000),
    "squared": lambda rng: 1000 + 9000 * rng.random(2000) ** 2,
    "two ends": lambda rng: (
        np.where(rng.random(2000) < 0.5, 1000, 9000) + rng.integers(0, 1000, 2000)
    ),
    "in order from the first": lambda _: np.arange(1000, 3000),
}


@pytest.mark.parametrize("draw", UNEVEN_DRAWS.values(), ids=UNEVEN_DRAWS)
@pytest.mark.parametrize("seed", range(5))
def test_other_draws_are_told(draw: Draw, seed: int) -> None:
    """Another distribution or another range shows in 2000 entries."""
    assert uneven(draw(np.random.default_rng(seed))) == UNEVEN


@pytest.mark.parametrize(("token", "said"), [(500, None), (5500, None), (10**6, UNEVEN)])
def test_one_token_alone_shows_little(token: int, said: str | None) -> None:
    """Equal entries count once, and one may lie anywhere near; `distinct` says the rest."""
    assert uneven(np.full(2000, token)) == said


def test_every_second_token_is_even() -> None:
    """Evenness is of the range, not of what is left out in between."""
    assert uneven(np.arange(1000, 10000, 2)) is None


def test_order_and_repeats_do_not_count() -> None:
    """The entries are judged as a set."""
    drawn = np.random.default_rng(0).integers(1000, 10000, 2000)
    assert uneven(np.sort(drawn)) is None
    assert uneven(np.concatenate([drawn, np.full(5000, drawn[0])])) is None
    skewed = np.random.default_rng(0).integers(1000, 5500, 2000)
    assert uneven(np.tile(skewed, 3)) == UNEVEN
