"""The check `properties`: conditions on a value that need no reference."""

from collections.abc import Callable
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from grader.checks.base import (
    PASSED,
    BaseCheck,
    CheckInputs,
    CheckResult,
    as_numbers,
    failed,
    not_numbers,
)

Array = NDArray[np.float64]
_KS_CRITICAL = np.sqrt(np.log(2e9) / 2)
"""Kolmogorov-Smirnov distance, times sqrt(n), that n uniform draws exceed with probability 1e-9
(Massart's bound)."""


class Properties(BaseCheck):
    """Named properties of one value, all of which must hold."""

    kind: Literal["properties"]
    probe: str
    """Probe with the value."""
    halves_equal: bool = False
    """The second half of the last axis repeats the first."""
    within: tuple[float, float] | None = None
    """Every entry is at least the first bound and less than the second."""
    between: tuple[float, float] | None = None
    """Every entry is between the bounds, both included."""
    uniform: tuple[float, float] | None = None
    """The entries are distributed uniformly from the first bound up to the second."""
    distinct: int | None = None
    """There are at least this many different entries."""
    same_as: str | None = None
    """The value equals the student's own value of another probe."""
    differs_from: str | None = None
    """The value differs from the student's own value of another probe."""

    @model_validator(mode="after")
    def _validate_properties(self) -> Self:
        names = ("within", "between", "uniform", "distinct", "same_as", "differs_from")
        if not self.halves_equal and all(getattr(self, name) is None for name in names):
            raise ValueError("name at least one property")
        return self

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs."""
        return tuple(name for name in (self.probe, self.same_as, self.differs_from) if name)

    def references(self) -> tuple[str, ...]:
        """Return no probes: a property needs no reference."""
        return ()

    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Report the first property that does not hold."""
        value = as_numbers(inputs.observed[self.probe])
        if value is None:
            return not_numbers(inputs.observed[self.probe])
        if not value.size:
            return failed("It is empty.")
        if not np.isfinite(value).all():
            return failed("It holds NaN or infinite values.")
        problems = [*self._own_problems(value), *self._comparison_problems(value, inputs)]
        return failed(problems[0]) if problems else PASSED

    def _own_problems(self, value: Array) -> list[str]:
        claims: list[tuple[bool, Callable[[Array], bool], str]] = [
            (self.halves_equal, _halves_equal, "The second half does not repeat the first."),
            (
                self.within is not None,
                self._is_within,
                f"Some entries are outside [{_format_bounds(self.within)}).",
            ),
            (
                self.between is not None,
                self._is_between,
                f"Some entries are outside [{_format_bounds(self.between)}].",
            ),
            (
                self.uniform is not None,
                self._is_uniform,
                f"The entries are not spread evenly over [{_format_bounds(self.uniform)}).",
            ),
            (
                self.distinct is not None,
                self._is_varied,
                f"Fewer than {self.distinct} different entries.",
            ),
        ]
        return [text for required, holds, text in claims if required and not holds(value)]

    def _comparison_problems(self, value: Array, inputs: CheckInputs) -> list[str]:
        problems = []
        if self.same_as and not _identical(value, as_numbers(inputs.observed[self.same_as])):
            problems.append("Called again with the same seed it gave something else.")
        if self.differs_from:
            other = as_numbers(inputs.observed[self.differs_from])
            if other is None:
                problems.append("Called with another seed it gave no numbers.")
            elif _identical(value, other):
                problems.append("Called with another seed it gave the same.")
        return problems

    def _is_within(self, value: Array) -> bool:
        low, high = self.within or (-np.inf, np.inf)
        return bool(((value >= low) & (value < high)).all())

    def _is_between(self, value: Array) -> bool:
        low, high = self.between or (-np.inf, np.inf)
        return bool(((value >= low) & (value <= high)).all())

    def _is_uniform(self, value: Array) -> bool:
        """Run a Kolmogorov-Smirnov test that one in a billion right answers fails."""
        low, high = self.uniform or (0.0, 1.0)
        drawn = np.sort(np.unique(value))
        ranks = np.arange(len(drawn) + 1) / len(drawn)
        uniform = (drawn - low) / (high - low)
        distance = max(np.abs(ranks[1:] - uniform).max(), np.abs(ranks[:-1] - uniform).max())
        return bool(distance <= _KS_CRITICAL / np.sqrt(len(drawn)))

    def _is_varied(self, value: Array) -> bool:
        return len(np.unique(value)) >= (self.distinct or 0)


def _format_bounds(bounds: tuple[float, float] | None) -> str:
    return "{:g}, {:g}".format(*bounds or (0, 0))


def _halves_equal(value: Array) -> bool:
    if value.ndim == 0 or value.shape[-1] % 2:
        return False
    half = value.shape[-1] // 2
    return half > 0 and bool(np.array_equal(value[..., :half], value[..., half:]))


def _identical(one: Array, other: Array | None) -> bool:
    return other is not None and bool(np.array_equal(one, other))
