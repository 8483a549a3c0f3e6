"""Recognises known mistakes: an answer equals a mistake's answer or passes its `when` checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.answer_key.model import AnswerKey
from grader.checks import DEFAULT_TOLERANCES, CheckInputs, CheckResult, Tolerance
from grader.checks.base import BaseCheck, as_numbers
from grader.checks.close import Close
from grader.protocol.values import DictValue, Expected, SequenceValue, Value
from grader.rubric.known_answers import Mistake
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion

# These are the default tolerances, not the rubric's: a lenient rubric must not accept a mistake.
_TOLERANCES = {
    "same_device": DEFAULT_TOLERANCES["cross_device"],
    "drawn": Tolerance(atol=0.004, z=10.0),  # for a spread estimated from few seeds
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakeMatcher:
    """Compares the answers of one submission with the known mistakes."""

    rubric: Rubric
    key: AnswerKey
    observed: Mapping[str, Value]
    evaluate_check: Callable[[BaseCheck], CheckResult | None]
    """Evaluates a check on this submission; returns None if a reference value is missing."""

    def matches(self, criterion: Criterion) -> tuple[Mistake, ...]:
        """Return the known mistakes that explain a criterion's answers, closest first."""
        distances = [(self._distance(m, criterion), m) for m in self.rubric.mistakes]
        near = [(gap, mistake) for gap, mistake in distances if gap <= 1]
        return tuple(mistake for _, mistake in sorted(near, key=lambda pair: pair[0]))

    def _distance(self, mistake: Mistake, criterion: Criterion) -> float:
        """Return the distance from the mistake's answers; up to 1 counts as the same."""
        if criterion.id not in (*mistake.fails, *mistake.may_fail):
            return float("inf")
        if mistake.when:
            results = [self.evaluate_check(check) for check in mistake.when]
            return 0.0 if all(f is not None and f.passed for f in results) else float("inf")
        answers = self.key.mistakes.get(mistake.name, {})
        answered = self.rubric.answered_probes(mistake)
        probes = [name for name in criterion.probes() if name in answered]
        if not probes or any(name not in answers or name not in self.observed for name in probes):
            return float("inf")
        # A mistake that gives the right answer to every probe cannot be recognised by them.
        if all(distance(answers[name], self._expected(name)) <= 1 for name in probes):
            return float("inf")
        spreads = self.key.spreads.get(mistake.name, {})
        return max(
            distance(self.observed[name], answers[name], _to_array(spreads.get(name)))
            for name in probes
        )

    def _expected(self, probe: str) -> Value | None:
        expected = self.key.expected.get(probe)
        return expected.value if expected is not None else None


def distance(value: Value, other: Value | None, spread: NDArray[np.float64] | None = None) -> float:
    """Return the distance between two answers, as a multiple of the tolerance.

    Containers are compared item by item.

    Args:
        value: One answer.
        other: The answer to compare with; the distance to None is infinite.
        spread: Standard deviation over seeds, if both answers use random inputs.
    """
    if other is None:
        return float("inf")
    items, other_items = _items(value), _items(other)
    if items is not None and other_items is not None and as_numbers(other) is None:
        if items.keys() != other_items.keys():
            return float("inf")
        return max((distance(items[name], other_items[name]) for name in items), default=0.0)
    array = as_numbers(other)
    fits = spread is not None and array is not None and spread.shape == array.shape
    expected = Expected(value=other, spread=spread if fits else None)
    tolerance = "same_device" if spread is None else "drawn"
    check = Close(kind="close", probe="answer", tolerance=tolerance)
    result = check.judge(
        CheckInputs(
            observed={"answer": value}, expected={"answer": expected}, tolerances=_TOLERANCES
        )
    )
    return result.margin if result.margin is not None else float("inf")


def _items(value: Value) -> Mapping[str, Value] | None:
    """Return a container's items by name, or None for any other value."""
    if isinstance(value, DictValue):
        return value.entries
    if isinstance(value, SequenceValue):
        return {str(i): item for i, item in enumerate(value.items)}
    return None


def _to_array(value: Value | None) -> NDArray[np.float64] | None:
    return as_numbers(value) if value is not None else None
