"""``heatmap``: a figure draws the right matrix. Figures are graded by their data."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from grader.checks.base import BaseCheck
from grader.checks.evidence import PASSED, Evidence, Finding, as_numbers, failed
from grader.values import Group, Numbers, Value


class Heatmap(BaseCheck):
    """Some heatmap of the notebook, or of a returned figure, shows a given matrix."""

    kind: Literal["heatmap"]
    figures: str
    """The probe that gives heatmaps."""
    shows: str | None = None
    """The probe whose value must be drawn; without it any attention pattern will do."""
    against: Literal["own", "reference"] = "own"
    tolerance: str = "same_device"
    at_least: Annotated[int, Field(ge=1)] = 1
    """How many heatmaps must show it."""

    def probes(self) -> tuple[str, ...]:
        """The probes this check reads."""
        own = self.shows is not None and self.against == "own"
        return (self.figures, self.shows) if own and self.shows else (self.figures,)

    def references(self) -> tuple[str, ...]:
        """The reference's matrix, where the figure must be true rather than consistent."""
        return (self.shows,) if self.shows and self.against == "reference" else ()

    @np.errstate(all="ignore")
    def judge(self, evidence: Evidence) -> Finding:
        """Look for the matrix among the heatmaps, orientation included."""
        heatmaps = _heatmaps(evidence.observed[self.figures])
        if self.shows is None:
            found = sum(is_pattern(heatmap) for heatmap in heatmaps)
            noun = "an attention pattern [query_pos, key_pos]"
        else:
            wanted = self._wanted(evidence)
            if wanted is None:
                return failed("The matrix this figure should show is not usable.")
            limit = evidence.tolerances[self.tolerance].atol
            found = sum(_equal(heatmap, wanted, limit) for heatmap in heatmaps)
            noun = f"this matrix with rows and columns in order {list(wanted.shape)}"
        if found < self.at_least:
            return failed(
                f"{found} of {len(heatmaps)} heatmaps show {noun}; expected {self.at_least}."
            )
        return PASSED

    def _wanted(self, evidence: Evidence) -> NDArray[np.float64] | None:
        if self.shows is None:
            return None
        own = self.against == "own"
        value = evidence.observed[self.shows] if own else evidence.expected[self.shows].value
        return (
            _heatmaps(value)[0]
            if isinstance(value, Group) and _heatmaps(value)
            else as_numbers(value)
        )


def is_pattern(heatmap: NDArray[np.float64]) -> bool:
    """Whether a matrix is a causal attention pattern: square, rows sum to 1, nothing ahead."""
    if heatmap.ndim != 2 or heatmap.shape[0] != heatmap.shape[1] or len(heatmap) < 2:  # noqa: PLR2004 (a matrix)
        return False
    rows_sum = np.allclose(heatmap.sum(axis=1), 1.0, atol=1e-3)
    return bool(rows_sum and np.allclose(np.triu(heatmap, 1), 0.0) and (heatmap >= 0).all())


def _heatmaps(value: Value) -> list[NDArray[np.float64]]:
    if not isinstance(value, Group) or value.kind != "figure":
        return []
    return [item.array.astype(np.float64) for item in value.items if isinstance(item, Numbers)]


def _equal(heatmap: NDArray[np.float64], wanted: NDArray[np.float64], limit: float) -> bool:
    return heatmap.shape == wanted.shape and bool((np.abs(heatmap - wanted) <= limit).all())
