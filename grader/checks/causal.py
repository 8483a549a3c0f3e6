"""``causal``: cutting these heads matters, and cutting as many others does not."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from grader.checks.base import BaseCheck
from grader.checks.evidence import PASSED, Evidence, Finding, as_numbers, failed

Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class Causal(BaseCheck):
    """[before, after, control]: a quantity, then after an ablation, then after a control.

    The claim is that the listed heads cause the quantity. It holds if ablating them changes it as
    much as in the reference, and ablating as many others of the same layers changes it far less.
    """

    kind: Literal["causal"]
    probe: str
    """Gives the three numbers."""
    change: Literal["rises", "falls"]
    share: Share = 0.5
    """Smallest accepted effect, as a share of the reference's."""
    control: Share = 0.5
    """Largest accepted effect of the control, as a share of the claimed one."""

    def probes(self) -> tuple[str, ...]:
        """The probes this check reads."""
        return (self.probe,)

    def judge(self, evidence: Evidence) -> Finding:
        """Compare the effect with the reference's, then the control's with the effect."""
        mine = as_numbers(evidence.observed[self.probe])
        theirs = as_numbers(evidence.expected[self.probe].value)
        if mine is None or mine.shape != (3,) or not np.isfinite(mine).all():
            return failed("Ablating your heads and as many others gave no three finite numbers.")
        sign = 1.0 if self.change == "rises" else -1.0
        effect, other = (sign * (float(after) - float(mine[0])) for after in mine[1:])
        if not np.isfinite([effect, other]).all():
            return failed("The effects are too large to compare.")
        if theirs is None or theirs.shape != (3,):
            return failed("The reference has no effect to compare with.")
        wanted = sign * float(theirs[1] - theirs[0])
        if effect < self.share * wanted:
            return failed(
                f"Ablating the heads in your list changes it by {sign * effect:.3g}; "
                f"the right ones change it by about {sign * wanted:.3g}."
            )
        if abs(other) > self.control * effect:
            return failed(
                f"Ablating as many other heads of the same layers changes it by "
                f"{sign * other:.3g}, nearly as much as yours ({sign * effect:.3g})."
            )
        return PASSED
