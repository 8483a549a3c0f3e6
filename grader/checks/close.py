"""``close``: every entry is within tolerance of the reference's."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from grader.checks.base import BaseCheck
from grader.checks.evidence import Evidence, Finding, as_numbers, failed, not_numbers, place
from grader.values import describe


class Close(BaseCheck):
    """The value equals the reference's within a named tolerance."""

    kind: Literal["close"]
    probe: str
    tolerance: str = "same_device"
    axes: tuple[str, ...] = ()
    """What the axes count: with ``[layer, head]`` feedback says ``L5H1``; ``["loss|accuracy"]``
    names entries."""

    def probes(self) -> tuple[str, ...]:
        """The probes this check reads."""
        return (self.probe,)

    @np.errstate(all="ignore")
    def judge(self, evidence: Evidence) -> Finding:
        """Compare with the reference; the largest error speaks for all."""
        expected = evidence.expected[self.probe]
        reference = as_numbers(expected.value)
        value = evidence.observed[self.probe]
        observed = as_numbers(value)
        if reference is None or observed is None:
            return not_numbers(value)
        if observed.shape != reference.shape:
            return failed(f"Expected {_shape(reference)}; your code gave {describe(value)}.")
        if not np.isfinite(observed).all():
            return failed(f"{_share(~np.isfinite(observed))} are NaN or infinite.")
        limits = evidence.tolerances[self.tolerance].limits(expected, reference)
        error = np.abs(observed - reference)
        within = (error <= limits) & np.isfinite(reference)
        margin = float(np.max(error / np.maximum(limits, 1e-12), initial=0.0))
        if within.all():
            return Finding(passed=True, margin=margin)
        return failed(self._difference(observed, reference, ~within, limits), margin)

    def _difference(
        self,
        observed: NDArray[np.float64],
        reference: NDArray[np.float64],
        outside: NDArray[np.bool_],
        limits: NDArray[np.float64],
    ) -> str:
        error = np.abs(observed - reference)
        worst = np.unravel_index(int(np.argmax(np.where(outside, error, -1.0))), error.shape)
        index = tuple(int(i) for i in worst)
        where = place(index, error.shape, self.axes)
        yours, expected = observed[worst], reference[worst]
        text = f"{where + ': ' if where else ''}you {yours:.4g}, expected about {expected:.4g}"
        allowed = float(np.broadcast_to(limits, error.shape)[worst])
        if error.size == 1:
            return f"{text} (tolerance {allowed:.2g})."
        noun = "heads" if self.axes == ("layer", "head") else "values"
        within = error.size - int(outside.sum())
        return (
            f"{text}: the largest difference ({error[worst]:.2g}; tolerance {allowed:.2g}). "
            f"{within} of {error.size} {noun} are within tolerance."
        )


def _shape(reference: NDArray[np.float64]) -> str:
    return "a single number" if reference.shape == () else f"shape {list(reference.shape)}"


def _share(mask: NDArray[np.bool_]) -> str:
    return f"{int(mask.sum())} of {mask.size} values" if mask.size > 1 else "Your values"
