"""The check `false_positives`: recognises a mistake by what a list's wrong heads share."""

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from grader.checks.base import PASSED, BaseCheck, CheckInputs, CheckResult, as_numbers, failed
from grader.checks.top_heads import parse_heads


class FalsePositives(BaseCheck):
    """Some listed heads score below the threshold, and most of those share a trait.

    This check recognises known mistakes: it passes on wrong lists, so it earns no points.
    """

    kind: Literal["false_positives"]
    probe: str
    """Probe with the list of heads."""
    scores: str
    """Probe with the scores that decide which heads belong in the list."""
    above: Annotated[float, Field(allow_inf_nan=False)]
    """Score above which a head belongs in the list."""
    layers: tuple[int, ...] = ()
    """Trait of the wrong heads: they are in one of these layers."""
    by: str | None = None
    """Trait of the wrong heads: they score at least ``min_score`` in this probe."""
    min_score: float = 0.5
    """Smallest score in ``by`` that shows the trait."""

    @model_validator(mode="after")
    def _validate_trait(self) -> Self:
        if bool(self.layers) == (self.by is not None):
            raise ValueError("name one trait: layers, or by")
        return self

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs."""
        return (self.probe,)

    def references(self) -> tuple[str, ...]:
        """Return the probes with the true scores and with the scores that show the trait."""
        return tuple(name for name in (self.scores, self.by) if name)

    @np.errstate(all="ignore")
    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Find the heads that do not belong in the list, then look for what most of them share."""
        truth = as_numbers(inputs.expected[self.scores].value)
        entries = as_numbers(inputs.observed[self.probe])
        if truth is None or entries is None or entries.ndim != 2 or entries.shape[1] < 2:  # noqa: PLR2004 (layer and head)
            return failed("There is no list of heads.")
        heads = parse_heads(entries, truth.shape)
        wrong = [head for head in heads or () if truth[head] <= self.above]
        if not wrong:
            return failed("Every head in the list belongs there.")
        n_with_trait = sum(self._has_trait(head, inputs) for head in wrong)
        return PASSED if 2 * n_with_trait > len(wrong) else failed("They have nothing in common.")

    def _has_trait(self, head: tuple[int, int], inputs: CheckInputs) -> bool:
        if self.by is None:
            return head[0] in self.layers
        trait: NDArray[np.float64] | None = as_numbers(inputs.expected[self.by].value)
        if trait is None or trait.ndim != 2 or any(np.array(head) >= trait.shape):  # noqa: PLR2004 (layers, heads)
            return False
        return bool(trait[head] >= self.min_score)
