"""What every check kind has in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from grader.protocol.values import Expected, Group, Numbers, Value, describe

# MERGED: How far from the reference a right answer may be: |s - r| <= atol + rtol |r| + ...
# MERGED: What a check is given and what it says: observed values, expected values, a finding.
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Tolerance(BaseModel):
    """A named tolerance class; every term is relative to the reference, never to the answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    atol: NonNegative = 0.0
    """Absolute, in the value's own unit."""
    rtol: NonNegative = 0.0
    """A share of each reference entry."""
    atol_rel: NonNegative = 0.0
    """A share of the reference's range (largest minus smallest entry)."""
    z: NonNegative = 0.0
    """Standard deviations of the reference over its own seeds (``statistical``)."""

    def limits(self, expected: Expected, reference: NDArray[np.float64]) -> NDArray[np.float64]:
        """Largest accepted error of each entry.

        The spread term allows for both draws, the student's and the mean over the key's:
        z * sd * sqrt(1 + 1/draws).
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
class Evidence:
    """Everything one criterion is judged from."""

    observed: Mapping[str, Value]
    """Probe name to the student's value."""
    expected: Mapping[str, Expected]
    """Probe name to the reference's."""
    tolerances: Mapping[str, Tolerance]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found."""

    passed: bool
    message: str = ""
    """For the student: what differs, where, and by how much."""
    margin: float | None = None
    """Largest error as a multiple of the tolerance, where the check has one."""


PASSED = Finding(passed=True)


def failed(message: str, margin: float | None = None) -> Finding:
    """A finding that earns nothing."""
    return Finding(passed=False, message=message, margin=margin)


def as_numbers(value: Value) -> NDArray[np.float64] | None:
    """Read a value as one float64 array, whatever container it came in.

    Tensor, array, number and nested list are the same thing here, and so are nested tuples of
    single numbers; a bool is not a number.
    """
    if isinstance(value, Numbers):
        return None if value.array.dtype == np.bool_ else value.array.astype(np.float64)
    if isinstance(value, Group) and value.kind != "figure" and value.items:
        parts = [as_numbers(item) for item in value.items if _is_nested(item)]
        known = [part for part in parts if part is not None]
        if len(known) == len(value.items) and len({part.shape for part in known}) == 1:
            return np.stack(known)
    return None


def _is_nested(item: Value) -> bool:
    """A single number, or a tuple of such: an array in a tuple is another thing."""
    return isinstance(item, Group) or (isinstance(item, Numbers) and item.array.shape == ())


def place(index: tuple[int, ...], shape: tuple[int, ...], axes: tuple[str, ...]) -> str:
    """Name one entry the way the lab does: ``L5H1`` for a head, ``[0, 3]`` otherwise."""
    if len(shape) != len(axes):
        return f"at {list(index)}" if index else ""
    if axes == ("layer", "head"):
        return f"L{index[0]}H{index[1]}"
    names = axes[0].split("|") if axes else []
    if len(axes) == 1 and len(names) == shape[0] > 1:
        return names[index[0]]
    return ", ".join(f"{axis} {i}" for axis, i in zip(axes, index, strict=True))


def not_numbers(value: Value) -> Finding:
    """The finding for a value that holds no numbers to compare."""
    return failed(f"This should be numbers; your code gave {describe(value)}.")


class BaseCheck(BaseModel, ABC):
    """One judgement on one or several probes, with its share of the criterion's points."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    """Share of the criterion's points, relative to its other checks."""

    @abstractmethod
    def probes(self) -> tuple[str, ...]:
        """The probes this check reads; it is not asked unless all of them gave a value."""

    def references(self) -> tuple[str, ...]:
        """The probes whose reference value it needs: those it reads, unless it says otherwise."""
        return self.probes()

    @abstractmethod
    def judge(self, evidence: Evidence) -> Finding:
        """Judge; pure, and total: any value has a finding."""
