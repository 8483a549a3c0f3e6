"""``parts``: a dict or a tuple of different things, each within tolerance of the reference's."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from grader.checks.base import BaseCheck
from grader.checks.close import Close
from grader.checks.evidence import Evidence, Finding, failed
from grader.values import Expected, Group, Numbers, Table, Value, describe


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
