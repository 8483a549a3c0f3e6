"""``properties``: what must hold of a value by itself, whatever the reference says."""

from collections.abc import Callable
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from grader.checks.base import PASSED, BaseCheck, Evidence, Finding, as_numbers, failed, not_numbers

Array = NDArray[np.float64]
_ONE_IN_A_BILLION = np.sqrt(np.log(2e9) / 2)
"""Times 1/sqrt(n): the distance that n uniform draws exceed that seldom (Massart's bound)."""


class Properties(BaseCheck):
    """Named properties of one value, all of which must hold."""

    kind: Literal["properties"]
    probe: str
    halves_equal: bool = False
    """The second half of the last axis repeats the first."""
    within: tuple[float, float] | None = None
    """Every entry is at least the first bound and less than the second."""
    between: tuple[float, float] | None = None
    """Every entry is between the bounds, both included."""
    uniform: tuple[float, float] | None = None
    """Drawn uniformly from the first bound up to the second, as far as this many entries show."""
    distinct: int | None = None
    """At least this many different entries."""
    same_as: str | None = None
    """Entry for entry the student's own value of another probe."""
    differs_from: str | None = None
    """Not the student's own value of another probe."""

    @model_validator(mode="after")
    def _names_a_property(self) -> Self:
        names = ("within", "between", "uniform", "distinct", "same_as", "differs_from")
        if not self.halves_equal and all(getattr(self, name) is None for name in names):
            raise ValueError("name at least one property")
        return self

    def probes(self) -> tuple[str, ...]:
        """The probes this check reads."""
        return tuple(name for name in (self.probe, self.same_as, self.differs_from) if name)

    def references(self) -> tuple[str, ...]:
        """None: a property needs no reference."""
        return ()

    def judge(self, evidence: Evidence) -> Finding:
        """Say the first property that does not hold."""
        value = as_numbers(evidence.observed[self.probe])
        if value is None:
            return not_numbers(evidence.observed[self.probe])
        if not value.size:
            return failed("It is empty.")
        if not np.isfinite(value).all():
            return failed("It holds NaN or infinite values.")
        for broken in (*self._alone(value), *self._against(value, evidence)):
            return failed(broken)
        return PASSED

    def _alone(self, value: Array) -> list[str]:
        claims: list[tuple[bool, Callable[[Array], bool], str]] = [
            (self.halves_equal, _halves_equal, "The second half does not repeat the first."),
            (
                self.within is not None,
                self._is_within,
                f"Some entries are outside [{_bounds(self.within)}).",
            ),
            (
                self.between is not None,
                self._is_between,
                f"Some entries are outside [{_bounds(self.between)}].",
            ),
            (
                self.uniform is not None,
                self._is_uniform,
                f"The entries are not spread evenly over [{_bounds(self.uniform)}).",
            ),
            (
                self.distinct is not None,
                self._is_varied,
                f"Fewer than {self.distinct} different entries.",
            ),
        ]
        return [text for wanted, holds, text in claims if wanted and not holds(value)]

    def _against(self, value: Array, evidence: Evidence) -> list[str]:
        broken = []
        if self.same_as and not _same(value, as_numbers(evidence.observed[self.same_as])):
            broken.append("Called again with the same seed it gave something else.")
        if self.differs_from:
            other = as_numbers(evidence.observed[self.differs_from])
            if other is None:
                broken.append("Called with another seed it gave no numbers.")
            elif _same(value, other):
                broken.append("Called with another seed it gave the same.")
        return broken

    def _is_within(self, value: Array) -> bool:
        low, high = self.within or (-np.inf, np.inf)
        return bool(((value >= low) & (value < high)).all())

    def _is_between(self, value: Array) -> bool:
        low, high = self.between or (-np.inf, np.inf)
        return bool(((value >= low) & (value <= high)).all())

    def _is_uniform(self, value: Array) -> bool:
        """Kolmogorov and Smirnov's test, which one in a billion right answers would fail."""
        low, high = self.uniform or (0.0, 1.0)
        drawn = np.sort(np.unique(value))
        ranks = np.arange(len(drawn) + 1) / len(drawn)
        wanted = (drawn - low) / (high - low)
        distance = max(np.abs(ranks[1:] - wanted).max(), np.abs(ranks[:-1] - wanted).max())
        return bool(distance <= _ONE_IN_A_BILLION / np.sqrt(len(drawn)))

    def _is_varied(self, value: Array) -> bool:
        return len(np.unique(value)) >= (self.distinct or 0)


def _bounds(bounds: tuple[float, float] | None) -> str:
    return "{:g}, {:g}".format(*bounds or (0, 0))


def _halves_equal(value: Array) -> bool:
    if value.ndim == 0 or value.shape[-1] % 2:
        return False
    half = value.shape[-1] // 2
    return half > 0 and bool(np.array_equal(value[..., :half], value[..., half:]))


def _same(one: Array, other: Array | None) -> bool:
    return other is not None and bool(np.array_equal(one, other))
