"""Checks that compare every entry with the reference's within a tolerance.

`close` compares one array; `mapping_close` compares a dict or a tuple of different things, part by
part.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from grader.checks.base import (
    BaseCheck,
    CheckInputs,
    CheckResult,
    as_numbers,
    entry_label,
    failed,
    not_numbers,
)
from grader.protocol.values import ArrayValue, DictValue, Expected, SequenceValue, Value, describe


class Close(BaseCheck):
    """Every entry of the value is within tolerance of the reference's."""

    kind: Literal["close"]
    probe: str
    """Probe whose value is compared."""
    tolerance: str = "same_device"
    """Name of the tolerance class."""
    axes: tuple[str, ...] = ()
    """Names of the axes for feedback: ``[layer, head]`` gives ``L5H1``; ``["loss|accuracy"]`` names
    the entries themselves."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs."""
        return (self.probe,)

    @np.errstate(all="ignore")
    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Compare with the reference; the feedback is about the largest error."""
        expected = inputs.expected[self.probe]
        reference = as_numbers(expected.value)
        value = inputs.observed[self.probe]
        observed = as_numbers(value)
        if reference is None or observed is None:
            return not_numbers(value)
        if observed.shape != reference.shape:
            return failed(
                f"Expected {_describe_shape(reference)}; your code gave {describe(value)}."
            )
        if not np.isfinite(observed).all():
            return failed(f"{_count_of(~np.isfinite(observed))} are NaN or infinite.")
        limits = inputs.tolerances[self.tolerance].limits(expected, reference)
        error = np.abs(observed - reference)
        within = (error <= limits) & np.isfinite(reference)
        margin = float(np.max(error / np.maximum(limits, 1e-12), initial=0.0))
        if within.all():
            return CheckResult(passed=True, margin=margin)
        return failed(self._describe_error(observed, reference, ~within, limits), margin)

    def _describe_error(
        self,
        observed: NDArray[np.float64],
        reference: NDArray[np.float64],
        outside: NDArray[np.bool_],
        limits: NDArray[np.float64],
    ) -> str:
        error = np.abs(observed - reference)
        worst = np.unravel_index(int(np.argmax(np.where(outside, error, -1.0))), error.shape)
        index = tuple(int(i) for i in worst)
        label = entry_label(index, error.shape, self.axes)
        yours, expected = observed[worst], reference[worst]
        text = f"{label + ': ' if label else ''}you {yours:.4g}, expected about {expected:.4g}"
        allowed = float(np.broadcast_to(limits, error.shape)[worst])
        if error.size == 1:
            return f"{text} (tolerance {allowed:.2g})."
        noun = "heads" if self.axes == ("layer", "head") else "values"
        within = error.size - int(outside.sum())
        return (
            f"{text}: the largest difference ({error[worst]:.2g}; tolerance {allowed:.2g}). "
            f"{within} of {error.size} {noun} are within tolerance."
        )


def _describe_shape(reference: NDArray[np.float64]) -> str:
    return "a single number" if reference.shape == () else f"shape {list(reference.shape)}"


def _count_of(mask: NDArray[np.bool_]) -> str:
    return f"{int(mask.sum())} of {mask.size} values" if mask.size > 1 else "Your values"


class MappingClose(BaseCheck):
    """Each part of a dict or tuple is within tolerance of the reference's, see `close`."""

    kind: Literal["mapping_close"]
    probe: str
    """Probe whose value is compared."""
    tolerance: str = "same_device"
    """Name of the tolerance class for every part."""
    names: tuple[str, ...] = ()
    """Names of the parts of a tuple, in order, for feedback; a dict has its own."""
    axes: tuple[str, ...] = ()
    """Names of the axes of each part, as for ``close``."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs."""
        return (self.probe,)

    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Compare part by part; the feedback is about the first that differs."""
        value = inputs.observed[self.probe]
        expected = self._parts(inputs.expected[self.probe].value)
        observed = self._parts(value)
        if observed is None or expected is None:
            noun = f"a tuple ({', '.join(self.names)})" if self.names else "a dict"
            return failed(f"Expected {noun}; your code gave {describe(value)}.")
        if observed.keys() != expected.keys():
            return failed(f"Expected the parts {sorted(expected)}; yours are {sorted(observed)}.")
        margins = [0.0]
        close = Close(kind="close", probe="part", tolerance=self.tolerance, axes=self.axes)
        for name, part in expected.items():
            finding = close.judge(
                CheckInputs(
                    observed={"part": observed[name]},
                    expected={"part": Expected(value=part)},
                    tolerances=inputs.tolerances,
                )
            )
            if not finding.passed:
                return failed(f"{name}: {finding.message}", finding.margin)
            margins.append(finding.margin or 0.0)
        return CheckResult(passed=True, margin=max(margins))

    def _parts(self, value: Value) -> Mapping[str, Value] | None:
        if isinstance(value, DictValue) and not self.names:
            return value.entries
        if isinstance(value, ArrayValue) and value.kind == "list" and value.array.ndim == 1:
            numbers = (ArrayValue(kind="float", array=np.array(part)) for part in value.array)
            value = SequenceValue(kind="list", items=tuple(numbers))
        if isinstance(value, SequenceValue) and self.names:
            extra = [f"part {i}" for i in range(len(self.names), len(value.items))]
            return dict(zip((*self.names, *extra), value.items, strict=False))
        return None
