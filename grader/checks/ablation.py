"""``causal``: cutting these heads matters, and cutting as many others does not."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from grader.checks.base import PASSED, BaseCheck, Evidence, Finding, as_numbers, failed
from grader.protocol.values import Value

# MERGED: ``direction``: an ablation's effect has the right sign and size, and its control has not.
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


class Direction(BaseCheck):
    """A quantity changes as the reference's does: same sign, at least a share of its size."""

    kind: Literal["direction"]
    before: str
    """The probe with the baseline."""
    after: str
    """The probe with the ablated value."""
    change: Literal["rises", "falls"]
    share: Share = 0.5
    """Smallest accepted effect, as a share of the reference's; the largest is its inverse."""
    control: str | None = None
    """A probe with a control ablation, whose effect must stay smaller than the claimed one."""

    def probes(self) -> tuple[str, ...]:
        """The probes this check reads."""
        return tuple(name for name in (self.before, self.after, self.control) if name)

    def references(self) -> tuple[str, ...]:
        """The reference's control is its own affair: random heads differ."""
        return (self.before, self.after)

    def judge(self, evidence: Evidence) -> Finding:
        """Compare the effect with the reference's, then with the control's."""
        before, after = (_number(evidence.observed[name]) for name in (self.before, self.after))
        if before is None or after is None:
            return failed(f"{self.before} and {self.after} should be two finite numbers.")
        sign = 1.0 if self.change == "rises" else -1.0
        effect = sign * (after - before)
        if effect <= 0:
            return failed(
                f"It should {self.change[:-1]}: you have {before:.4g} before and {after:.4g} after."
            )
        expected = self._expected(evidence, sign)
        if not self.share * expected <= effect <= expected / self.share:
            return failed(f"It {self.change} by {effect:.3g}; expected about {expected:.3g}.")
        if self.control is not None:
            control = _number(evidence.observed[self.control])
            if control is None or not abs(control - before) < effect:
                return failed("The control ablation should change it far less than this one.")
        return PASSED

    def _expected(self, evidence: Evidence, sign: float) -> float:
        before, after = (
            _number(evidence.expected[name].value) for name in (self.before, self.after)
        )
        return sign * ((after or 0.0) - (before or 0.0))


def _number(value: Value) -> float | None:
    array = as_numbers(value)
    if array is None or array.shape != () or not np.isfinite(array):
        return None
    return float(array)
