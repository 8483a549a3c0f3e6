"""``relation``: two of the student's own answers fit each other, whatever the reference says."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from grader.checks.base import (
    DEFAULT_TOLERANCES,
    BaseCheck,
    Evidence,
    Finding,
    as_numbers,
    failed,
    not_numbers,
)
from grader.checks.close import Close
from grader.protocol.values import Expected, Numbers, describe

_SAME = DEFAULT_TOLERANCES["same_device"]


class Relation(BaseCheck):
    """The student's value of one probe follows from their value of another."""

    kind: Literal["relation"]
    probe: str
    of: str
    """The probe whose value, rolled, this one must equal."""
    says: str
    """What should hold, for the feedback."""
    tolerance: str = "same_device"
    roll: int = 0
    """How many places the entries move, the last ones to the front."""
    axis: int = -1
    """The axis they move along."""
    axes: tuple[str, ...] = ()
    """What the axes count, as for ``close``."""

    def probes(self) -> tuple[str, ...]:
        """The probes this check reads."""
        return (self.probe, self.of)

    def references(self) -> tuple[str, ...]:
        """None: the student's answers are compared with each other."""
        return ()

    def judge(self, evidence: Evidence) -> Finding:
        """Compare with the other answer, rolled; one that rolling does not change shows nothing."""
        value = evidence.observed[self.of]
        other = as_numbers(value)
        if other is None:
            return not_numbers(value)
        if not other.size or not np.isfinite(other).all():
            return failed(f"{self.says} Your answer there is empty, NaN or infinite.")
        if not self.roll:
            return self._compare(self.probe, other, evidence)
        if not -other.ndim <= self.axis < other.ndim:
            return failed(f"{self.says} Your code gave {describe(value)}: too few axes for that.")
        rolled = np.roll(other, self.roll, self.axis)
        # The default class, whatever the rubric's: a wider tolerance shows no less.
        if np.allclose(other, rolled, rtol=_SAME.rtol, atol=_SAME.atol):
            return failed(f"{self.says} Your values are all alike there, which does not show it.")
        return self._compare(self.probe, rolled, evidence)

    def _compare(self, probe: str, wanted: NDArray[np.float64], evidence: Evidence) -> Finding:
        close = Close(kind="close", probe=probe, tolerance=self.tolerance, axes=self.axes)
        expected = Expected(value=Numbers(kind="ndarray", array=wanted))
        finding = close.judge(
            Evidence(
                observed=evidence.observed,
                expected={probe: expected},
                tolerances=evidence.tolerances,
            )
        )
        if finding.passed:
            return finding
        return failed(f"{self.says} {finding.message}", finding.margin)
