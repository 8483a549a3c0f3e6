"""The check `shape`: the value has the reference's shape and the right kind of numbers."""

from typing import Literal

import numpy as np

from grader.checks.base import (
    PASSED,
    BaseCheck,
    CheckInputs,
    CheckResult,
    as_numbers,
    failed,
    not_numbers,
)
from grader.protocol.values import ArrayValue, SequenceValue, describe


class Shape(BaseCheck):
    """The value is an array of numbers with the reference's shape."""

    kind: Literal["shape"]
    probe: str
    """Probe with the value."""
    axes: tuple[str, ...] = ()
    """Names of the axes for feedback, such as ``[n_layers, n_heads]``."""
    numbers: Literal["any", "integer", "floating"] = "any"
    """Required kind of numbers."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs."""
        return (self.probe,)

    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Compare shapes exactly, without broadcasting."""
        value = inputs.observed[self.probe]
        observed = as_numbers(value)
        reference = as_numbers(inputs.expected[self.probe].value)
        if observed is None or reference is None:
            return not_numbers(value)
        if observed.shape != reference.shape:
            names = f" [{', '.join(self.axes)}]" if self.axes else ""
            expected = (
                f"shape {list(reference.shape)}{names}" if reference.shape else "a single number"
            )
            return failed(f"Expected {expected}; your code gave {describe(value)}.")
        if self.numbers == "integer" and not _is_integer(value):
            return failed("Expected whole numbers (an integer dtype).")
        if self.numbers == "floating" and _is_integer(value):
            return failed("Expected numbers of a floating-point dtype.")
        return PASSED


def _is_integer(value: object) -> bool:
    if isinstance(value, SequenceValue):
        return all(_is_integer(item) for item in value.items)
    if not isinstance(value, ArrayValue):
        return False
    if value.kind == "list":  # lists arrive as float64
        return bool((value.array == np.round(value.array)).all())
    return bool(np.issubdtype(value.array.dtype, np.integer))
