"""Checks of ablations: `ablation_effect` compares with a control, `effect_direction` with a sign.

Both compare the size of an effect with the reference's. `ablation_effect` reads its three numbers
from one probe; `effect_direction` reads them from variables that the notebook left behind.
"""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from grader.checks.base import PASSED, BaseCheck, CheckInputs, CheckResult, as_numbers, failed
from grader.protocol.values import Value

Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class AblationEffect(BaseCheck):
    """Ablating the listed heads changes a quantity, and ablating as many others does not.

    The probe gives [before, after, control]: a quantity, its value after the ablation, and its
    value after a control ablation. The effect must be as large as the reference's, and the effect
    of ablating as many other heads of the same layers must be far smaller.
    """

    kind: Literal["ablation_effect"]
    probe: str
    """Probe with the three numbers."""
    change: Literal["rises", "falls"]
    """Direction in which the ablation changes the quantity."""
    share: Share = 0.5
    """Smallest accepted effect, as a share of the reference's."""
    control: Share = 0.5
    """Largest accepted effect of the control ablation, as a share of the effect."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs."""
        return (self.probe,)

    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Compare the effect with the reference's, then the control's effect with it."""
        observed = as_numbers(inputs.observed[self.probe])
        reference = as_numbers(inputs.expected[self.probe].value)
        if observed is None or observed.shape != (3,) or not np.isfinite(observed).all():
            return failed("Ablating your heads and as many others gave no three finite numbers.")
        sign = 1.0 if self.change == "rises" else -1.0
        effect, control = (sign * (float(after) - float(observed[0])) for after in observed[1:])
        if not np.isfinite([effect, control]).all():
            return failed("The effects are too large to compare.")
        if reference is None or reference.shape != (3,):
            return failed("The reference has no effect to compare with.")
        expected = sign * float(reference[1] - reference[0])
        if effect < self.share * expected:
            return failed(
                f"Ablating the heads in your list changes it by {sign * effect:.3g}; "
                f"the right ones change it by about {sign * expected:.3g}."
            )
        if abs(control) > self.control * effect:
            return failed(
                f"Ablating as many other heads of the same layers changes it by "
                f"{sign * control:.3g}, nearly as much as yours ({sign * effect:.3g})."
            )
        return PASSED


class EffectDirection(BaseCheck):
    """A quantity changes in the same direction as the reference's, and by a similar amount."""

    kind: Literal["effect_direction"]
    compact = ("before", "after")
    before: str
    """Probe with the baseline."""
    after: str
    """Probe with the value after the ablation."""
    change: Literal["rises", "falls"]
    """Direction in which the ablation changes the quantity."""
    share: Share = 0.5
    """Smallest accepted effect, as a share of the reference's; the largest is its inverse."""
    control: str | None = None
    """Probe with the value after a control ablation, whose effect must be smaller."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs."""
        return tuple(name for name in (self.before, self.after, self.control) if name)

    def references(self) -> tuple[str, ...]:
        """Return the probes of the effect; the reference's control ablates other random heads."""
        return (self.before, self.after)

    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Compare the effect with the reference's, then with the control's effect."""
        before, after = (_number(inputs.observed[name]) for name in (self.before, self.after))
        if before is None or after is None:
            return failed(f"{self.before} and {self.after} should be two finite numbers.")
        sign = 1.0 if self.change == "rises" else -1.0
        effect = sign * (after - before)
        if effect <= 0:
            return failed(
                f"It should {self.change[:-1]}: you have {before:.4g} before and {after:.4g} after."
            )
        expected = self._expected_effect(inputs, sign)
        if not self.share * expected <= effect <= expected / self.share:
            return failed(f"It {self.change} by {effect:.3g}; expected about {expected:.3g}.")
        if self.control is not None:
            control = _number(inputs.observed[self.control])
            if control is None or not abs(control - before) < effect:
                return failed("The control ablation should change it far less than this one.")
        return PASSED

    def _expected_effect(self, inputs: CheckInputs, sign: float) -> float:
        before, after = (_number(inputs.expected[name].value) for name in (self.before, self.after))
        return sign * ((after or 0.0) - (before or 0.0))


def _number(value: Value) -> float | None:
    array = as_numbers(value)
    if array is None or array.shape != () or not np.isfinite(array):
        return None
    return float(array)
