"""Which known mistake an answer is: it equals one, or it has the marks of one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.answer_key.model import AnswerKey
from grader.checks import DEFAULT_TOLERANCES, Evidence, Finding, Tolerance
from grader.checks.base import BaseCheck, as_numbers
from grader.checks.close import Close
from grader.protocol.values import Expected, Group, Table, Value
from grader.rubric.model import Criterion, Mistake, Rubric

# The default classes, whatever the rubric's: a generous rubric makes no mistake right.
_ALIKE = {
    "same_device": DEFAULT_TOLERANCES["cross_device"],
    "drawn": Tolerance(atol=0.004, z=10.0),  # of a spread over few draws
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Compares the answers of one submission with the known mistakes."""

    rubric: Rubric
    key: AnswerKey
    observed: Mapping[str, Value]
    holds: Callable[[BaseCheck], Finding | None]
    """What a check finds in this submission; None where a reference value is absent."""

    def mistakes(self, criterion: Criterion) -> tuple[Mistake, ...]:
        """The known mistakes that explain the answers a criterion looks at, closest first."""
        found = [(self._distance(m, criterion), m) for m in self.rubric.mistakes]
        near = [(distance, mistake) for distance, mistake in found if distance <= 1]
        return tuple(mistake for _, mistake in sorted(near, key=lambda pair: pair[0]))

    def _distance(self, mistake: Mistake, criterion: Criterion) -> float:
        """How far the answers are from the mistake's: 1 is the farthest that is still the same."""
        if criterion.id not in (*mistake.loses, *mistake.may_lose):
            return float("inf")
        if mistake.when:
            findings = [self.holds(check) for check in mistake.when]
            return 0.0 if all(f is not None and f.passed for f in findings) else float("inf")
        answers = self.key.mistakes.get(mistake.name, {})
        own = self.rubric.answered_by(mistake)
        asked = [name for name in criterion.probes() if name in own]
        if not asked or any(name not in answers or name not in self.observed for name in asked):
            return float("inf")
        # Where it gives the right answer too, it is no mistake: only differences count.
        if all(apart(answers[name], self._expected(name)) <= 1 for name in asked):
            return float("inf")
        spreads = self.key.spreads.get(mistake.name, {})
        return max(
            apart(self.observed[name], answers[name], _array(spreads.get(name))) for name in asked
        )

    def _expected(self, probe: str) -> Value | None:
        found = self.key.expected.get(probe)
        return found.value if found is not None else None


def apart(value: Value, other: Value | None, spread: NDArray[np.float64] | None = None) -> float:
    """How far two answers are apart, as a multiple of what still counts as the same.

    Args:
        value: One answer.
        other: The one it is compared with; containers part by part, None like nothing.
        spread: Standard deviation over seeds, where both draw their own inputs.
    """
    if other is None:
        return float("inf")
    ours, theirs = _parts(value), _parts(other)
    if ours is not None and theirs is not None and as_numbers(other) is None:
        if ours.keys() != theirs.keys():
            return float("inf")
        return max((apart(ours[name], theirs[name]) for name in ours), default=0.0)
    array = as_numbers(other)
    fits = spread is not None and array is not None and spread.shape == array.shape
    expected = Expected(value=other, spread=spread if fits else None)
    check = Close(kind="close", probe="it", tolerance="same_device" if spread is None else "drawn")
    finding = check.judge(
        Evidence(observed={"it": value}, expected={"it": expected}, tolerances=_ALIKE)
    )
    return finding.margin if finding.margin is not None else float("inf")


def _parts(value: Value) -> Mapping[str, Value] | None:
    """A container's parts by name."""
    if isinstance(value, Table):
        return value.entries
    if isinstance(value, Group):
        return {str(i): item for i, item in enumerate(value.items)}
    return None


def _array(value: Value | None) -> NDArray[np.float64] | None:
    return as_numbers(value) if value is not None else None
