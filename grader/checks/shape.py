"""``shape``: the value has the reference's shape and the right sort of numbers."""

from typing import Literal

import numpy as np

from grader.checks.base import PASSED, BaseCheck, Evidence, Finding, as_numbers, failed, not_numbers
from grader.protocol.values import Group, Numbers, describe


class Shape(BaseCheck):
    """The value is numbers of a given shape."""

    kind: Literal["shape"]
    probe: str
    axes: tuple[str, ...] = ()
    """Axis names for the feedback, such as ``[n_layers, n_heads]``."""
    numbers: Literal["any", "integer", "floating"] = "any"

    def probes(self) -> tuple[str, ...]:
        """The probes this check reads."""
        return (self.probe,)

    def judge(self, evidence: Evidence) -> Finding:
        """Compare shapes exactly; nothing is broadcast."""
        value = evidence.observed[self.probe]
        observed = as_numbers(value)
        reference = as_numbers(evidence.expected[self.probe].value)
        if observed is None or reference is None:
            return not_numbers(value)
        if observed.shape != reference.shape:
            names = f" [{', '.join(self.axes)}]" if self.axes else ""
            wanted = (
                f"shape {list(reference.shape)}{names}" if reference.shape else "a single number"
            )
            return failed(f"Expected {wanted}; your code gave {describe(value)}.")
        if self.numbers == "integer" and not _integer(value):
            return failed("Expected whole numbers (an integer dtype).")
        if self.numbers == "floating" and _integer(value):
            return failed("Expected numbers of a floating-point dtype.")
        return PASSED


def _integer(value: object) -> bool:
    if isinstance(value, Group):
        return all(_integer(item) for item in value.items)
    if not isinstance(value, Numbers):
        return False
    if value.kind == "list":  # its numbers all came as float64
        return bool((value.array == np.round(value.array)).all())
    return bool(np.issubdtype(value.array.dtype, np.integer))
