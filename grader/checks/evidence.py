"""What a check is given and what it says: observed values, expected values, a finding."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.checks.tolerance import Tolerance
from grader.values import Expected, Group, Numbers, Value, describe


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
