"""``close``: every entry is within tolerance of the reference's."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from grader.checks.base import BaseCheck, Evidence, Finding, as_numbers, failed, not_numbers, place
from grader.protocol.values import Expected, Group, Numbers, Table, Value, describe


# MERGED: ``parts``: a dict or a tuple of different things, each within tolerance of the reference's.
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


class Parts(BaseCheck):
    """A dict, or a tuple such as (scores, index): the reference's parts, each close to it."""

    kind: Literal["parts"]
    probe: str
    tolerance: str = "same_device"
    names: tuple[str, ...] = ()
    """What the parts of a tuple are, in order, for the feedback."""
    axes: tuple[str, ...] = ()
    """What the axes of each part count."""

    def probes(self) -> tuple[str, ...]:
        """The probes this check reads."""
        return (self.probe,)

    def judge(self, evidence: Evidence) -> Finding:
        """Compare part by part, and say the first that differs."""
        value = evidence.observed[self.probe]
        expected = self._named(evidence.expected[self.probe].value)
        observed = self._named(value)
        if observed is None or expected is None:
            noun = f"a tuple ({', '.join(self.names)})" if self.names else "a dict"
            return failed(f"Expected {noun}; your code gave {describe(value)}.")
        if observed.keys() != expected.keys():
            return failed(f"Expected the parts {sorted(expected)}; yours are {sorted(observed)}.")
        margins = [0.0]
        close = Close(kind="close", probe="part", tolerance=self.tolerance, axes=self.axes)
        for name, part in expected.items():
            finding = close.judge(
                Evidence(
                    observed={"part": observed[name]},
                    expected={"part": Expected(value=part)},
                    tolerances=evidence.tolerances,
                )
            )
            if not finding.passed:
                return failed(f"{name}: {finding.message}", finding.margin)
            margins.append(finding.margin or 0.0)
        return Finding(passed=True, margin=max(margins))

    def _named(self, value: Value) -> Mapping[str, Value] | None:
        if isinstance(value, Table) and not self.names:
            return value.entries
        if isinstance(value, Numbers) and value.kind == "list" and value.array.ndim == 1:
            numbers = (Numbers(kind="float", array=np.array(part)) for part in value.array)
            value = Group(kind="list", items=tuple(numbers))
        if isinstance(value, Group) and self.names:
            extra = [f"part {i}" for i in range(len(self.names), len(value.items))]
            return dict(zip((*self.names, *extra), value.items, strict=False))
        return None
