"""``strays``: what the heads in a list that do not belong there have in common."""

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from grader.checks.base import PASSED, BaseCheck, Evidence, Finding, as_numbers, failed
from grader.checks.top_heads import listed_heads


class Strays(BaseCheck):
    """Some listed heads score below the threshold, and most of those share a trait.

    It recognises a misconception and is no criterion of its own: it passes on wrong lists.
    """

    kind: Literal["strays"]
    probe: str
    scores: str
    """The probe with the scores that say which heads belong in the list."""
    above: Annotated[float, Field(allow_inf_nan=False)]
    """The score above which a head belongs there."""
    layers: tuple[int, ...] = ()
    """The trait: they are in one of these layers."""
    by: str | None = None
    """The trait: they score at least ``least`` in this probe."""
    least: float = 0.5

    @model_validator(mode="after")
    def _has_one_trait(self) -> Self:
        if bool(self.layers) == (self.by is not None):
            raise ValueError("name one trait: layers, or by")
        return self

    def probes(self) -> tuple[str, ...]:
        """The probes this check reads."""
        return (self.probe,)

    def references(self) -> tuple[str, ...]:
        """The scores that say what is true, and those that show the trait."""
        return tuple(name for name in (self.scores, self.by) if name)

    @np.errstate(all="ignore")
    def judge(self, evidence: Evidence) -> Finding:
        """Look for strays, then at what most of them share."""
        truth = as_numbers(evidence.expected[self.scores].value)
        entries = as_numbers(evidence.observed[self.probe])
        if truth is None or entries is None or entries.ndim != 2 or entries.shape[1] < 2:  # noqa: PLR2004 (layer and head)
            return failed("There is no list of heads.")
        heads = listed_heads(entries, truth.shape)
        strays = [head for head in heads or () if truth[head] <= self.above]
        if not strays:
            return failed("Every head in the list belongs there.")
        alike = sum(self._has_trait(head, evidence) for head in strays)
        return PASSED if 2 * alike > len(strays) else failed("They have nothing in common.")

    def _has_trait(self, head: tuple[int, int], evidence: Evidence) -> bool:
        if self.by is None:
            return head[0] in self.layers
        trait: NDArray[np.float64] | None = as_numbers(evidence.expected[self.by].value)
        if trait is None or trait.ndim != 2 or any(np.array(head) >= trait.shape):  # noqa: PLR2004 (layers, heads)
            return False
        return bool(trait[head] >= self.least)
