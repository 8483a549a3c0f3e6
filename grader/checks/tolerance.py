"""How far from the reference a right answer may be: |s - r| <= atol + rtol |r| + ..."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from grader.values import Expected

NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Tolerance(BaseModel):
    """A named tolerance class; every term is relative to the reference, never to the answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    atol: NonNegative = 0.0
    """Absolute, in the value's own unit."""
    rtol: NonNegative = 0.0
    """A share of each reference entry."""
    atol_rel: NonNegative = 0.0
    """A share of the reference's range (largest minus smallest entry)."""
    z: NonNegative = 0.0
    """Standard deviations of the reference over its own seeds (``statistical``)."""

    def limits(self, expected: Expected, reference: NDArray[np.float64]) -> NDArray[np.float64]:
        """Largest accepted error of each entry.

        The spread term allows for both draws, the student's and the mean over the key's:
        z * sd * sqrt(1 + 1/draws).
        """
        limits = self.atol + self.rtol * np.abs(reference)
        if self.atol_rel and reference.size:
            limits = limits + self.atol_rel * float(np.ptp(reference))
        if self.z and expected.spread is not None:
            limits = limits + self.z * expected.spread * np.sqrt(1 + 1 / expected.draws)
        return np.asarray(limits, dtype=np.float64)


DEFAULT_TOLERANCES = {
    "exact": Tolerance(),
    "same_device": Tolerance(atol=1e-4, rtol=1e-3),
    "cross_device": Tolerance(atol=1e-3, rtol=5e-3),
    "reduced": Tolerance(atol=1e-2, rtol=3e-2),
    # 144 heads at one per cent family-wise error (Bonferroni, two-sided).
    "statistical": Tolerance(atol=2e-3, z=3.98),
    "rank": Tolerance(atol=0.02),
}
