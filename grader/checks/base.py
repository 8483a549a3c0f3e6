"""The base class of check kinds, with its inputs, its result and the tolerance classes.

A check is a pure function of observed and expected values. An answer s is accepted where the
reference's is r if |s - r| <= atol + rtol |r| + ..., see `Tolerance.limits`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from grader.protocol.values import ArrayValue, Expected, SequenceValue, Value, describe

NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Tolerance(BaseModel):
    """A tolerance class; all terms are relative to the reference, never to the student's answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    atol: NonNegative = 0.0
    """Absolute tolerance, in the value's own unit."""
    rtol: NonNegative = 0.0
    """Relative tolerance: a share of each entry of the reference."""
    atol_rel: NonNegative = 0.0
    """Tolerance as a share of the reference's range (largest minus smallest entry)."""
    z: NonNegative = 0.0
    """Number of standard deviations of the reference over its own seeds."""

    def limits(self, expected: Expected, reference: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the largest accepted error of each entry.

        The spread term z * sd * sqrt(1 + 1/draws) allows for the variance of the student's answer
        and of the key's mean.
        """
        limits = self.atol + self.rtol * np.abs(reference)
        if self.atol_rel and reference.size:
            limits = limits + self.atol_rel * float(np.ptp(reference))
        if self.z and expected.spread is not None:
            limits = limits + self.z * expected.spread * np.sqrt(1 + 1 / expected.draws)
        return np.asarray(limits, dtype=np.float64)


DEFAULT_TOLERANCES = {
    "exact": Tolerance(),
    "same_device": Tolerance(atol=1e-4, rtol=1e-3),
    "cross_device": Tolerance(atol=1e-3, rtol=5e-3),
    "reduced": Tolerance(atol=1e-2, rtol=3e-2),
    # 144 heads at one per cent family-wise error (Bonferroni, two-sided).
    "statistical": Tolerance(atol=2e-3, z=3.98),
    "rank": Tolerance(atol=0.02),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInputs:
    """The values that a check compares."""

    observed: Mapping[str, Value]
    """The student's values, by probe."""
    expected: Mapping[str, Expected]
    """The reference's values, by probe."""
    tolerances: Mapping[str, Tolerance]
    """The tolerance classes, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """The result of one check."""

    passed: bool
    """True if the check passed."""
    message: str = ""
    """Feedback for the student: what differs, where, and by how much."""
    margin: float | None = None
    """Largest error as a multiple of the tolerance; None if the check compares no errors."""


PASSED = CheckResult(passed=True)


def failed(message: str, margin: float | None = None) -> CheckResult:
    """Return the result of a check that did not pass."""
    return CheckResult(passed=False, message=message, margin=margin)


def as_numbers(value: Value) -> NDArray[np.float64] | None:
    """Convert a value to one float64 array, whatever container it came in.

    Tensors, arrays, numbers and nested lists are treated alike, and so are nested tuples of single
    numbers. Booleans are not numbers.

    Returns:
        The array, or None if the value is not numeric or not rectangular.
    """
    if isinstance(value, ArrayValue):
        return None if value.array.dtype == np.bool_ else value.array.astype(np.float64)
    if isinstance(value, SequenceValue) and value.kind != "figure" and value.items:
        parts = [as_numbers(item) for item in value.items if _is_nested(item)]
        arrays = [part for part in parts if part is not None]
        if len(arrays) == len(value.items) and len({array.shape for array in arrays}) == 1:
            return np.stack(arrays)
    return None


def _is_nested(item: Value) -> bool:
    """Return True for a number or a tuple; a tuple that holds an array is not one array."""
    return isinstance(item, SequenceValue) or (
        isinstance(item, ArrayValue) and item.array.shape == ()
    )


def entry_label(index: tuple[int, ...], shape: tuple[int, ...], axes: tuple[str, ...]) -> str:
    """Name an entry of an array as the lab does: ``L5H1`` for a head, ``[0, 3]`` otherwise."""
    if len(shape) != len(axes):
        return f"at {list(index)}" if index else ""
    if axes == ("layer", "head"):
        return f"L{index[0]}H{index[1]}"
    names = axes[0].split("|") if axes else []
    if len(axes) == 1 and len(names) == shape[0] > 1:
        return names[index[0]]
    return ", ".join(f"{axis} {i}" for axis, i in zip(axes, index, strict=True))


def not_numbers(value: Value) -> CheckResult:
    """Return the result for a value that holds no numbers to compare."""
    return failed(f"This should be numbers; your code gave {describe(value)}.")


class BaseCheck(BaseModel, ABC):
    """A check of the values of one or several probes, with its share of the criterion's points.

    In YAML, `{close: scores}` is short for `{kind: close, probe: scores}`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    compact: ClassVar[tuple[str, ...]] = ("probe",)
    """Fields that the kind's own key gives a value to in the compact form."""

    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    """Share of the criterion's points, relative to its other checks."""

    @abstractmethod
    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs; without one of them it does not run."""

    def references(self) -> tuple[str, ...]:
        """Return the probes whose reference values this check needs; by default, all it reads."""
        return self.probes()

    @abstractmethod
    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Compare the values. This never raises, whatever the student's value is."""
