"""The check `metamorphic`: two of the student's own answers must be related in a known way.

No reference is needed: after a change of the model that is known to change the answer in one way
only, such as renumbering its heads, the two answers are compared with each other.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from grader.checks.base import (
    DEFAULT_TOLERANCES,
    BaseCheck,
    CheckInputs,
    CheckResult,
    as_numbers,
    failed,
    not_numbers,
)
from grader.checks.close import Close
from grader.protocol.values import ArrayValue, Expected, describe

_SAME_DEVICE = DEFAULT_TOLERANCES["same_device"]


class Metamorphic(BaseCheck):
    """The student's value of one probe equals their value of another, rolled along an axis."""

    kind: Literal["metamorphic"]
    probe: str
    """Probe whose value is compared."""
    equals_probe: str
    """Probe whose value, rolled, the first one must equal."""
    message: str
    """Sentence for the feedback that says what should hold."""
    tolerance: str = "same_device"
    """Name of the tolerance class."""
    roll: int = 0
    """Number of places by which the entries move; the last ones move to the front."""
    axis: int = -1
    """Axis along which the entries move."""
    axes: tuple[str, ...] = ()
    """Names of the axes for feedback, as for ``close``."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs."""
        return (self.probe, self.equals_probe)

    def references(self) -> tuple[str, ...]:
        """Return no probes: the student's answers are compared with each other."""
        return ()

    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Compare with the other answer, rolled; an answer that rolling does not change fails."""
        value = inputs.observed[self.equals_probe]
        other = as_numbers(value)
        if other is None:
            return not_numbers(value)
        if not other.size or not np.isfinite(other).all():
            return failed(f"{self.message} Your answer there is empty, NaN or infinite.")
        if not self.roll:
            return self._compare(self.probe, other, inputs)
        if not -other.ndim <= self.axis < other.ndim:
            return failed(
                f"{self.message} Your code gave {describe(value)}: too few axes for that."
            )
        rolled = np.roll(other, self.roll, self.axis)
        # The default class, not the rubric's: a wider tolerance makes no answer constant.
        if np.allclose(other, rolled, rtol=_SAME_DEVICE.rtol, atol=_SAME_DEVICE.atol):
            return failed(
                f"{self.message} Your values are all alike there, which does not show it."
            )
        return self._compare(self.probe, rolled, inputs)

    def _compare(
        self, probe: str, expected: NDArray[np.float64], inputs: CheckInputs
    ) -> CheckResult:
        close = Close(kind="close", probe=probe, tolerance=self.tolerance, axes=self.axes)
        finding = close.judge(
            CheckInputs(
                observed=inputs.observed,
                expected={probe: Expected(value=ArrayValue(kind="ndarray", array=expected))},
                tolerances=inputs.tolerances,
            )
        )
        if finding.passed:
            return finding
        return failed(f"{self.message} {finding.message}", finding.margin)
