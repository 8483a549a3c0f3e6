"""``heatmap``: a figure draws the right matrix. Figures are graded by their data."""

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from grader.checks.base import PASSED, BaseCheck, Evidence, Finding, as_numbers, failed
from grader.protocol.values import Group, Numbers, Value

Stripe = Literal["induction", "previous_token"]
Matrix = NDArray[np.float64]
_STRIPES: dict[Stripe, str] = {
    "induction": "the token after the one that came before it the last time",
    "previous_token": "the token before it",
}


class Heatmap(BaseCheck):
    """Some heatmap of the notebook, or of a returned figure, shows a given matrix."""

    kind: Literal["heatmap"]
    figures: str
    """The probe that gives heatmaps."""
    shows: str | None = None
    """The probe whose value must be drawn; without it any attention pattern will do."""
    axes: tuple[str, ...] = ()
    """What its rows and columns are, such as ``[layer, head]``, for the feedback."""
    against: Literal["own", "reference"] = "own"
    tolerance: str = "same_device"
    stripe: Stripe | None = None
    """The head whose attention patterns count, on a sequence that comes twice; without ``shows``.
    """
    stripe_above: Annotated[float, Field(ge=0, lt=1)] = 0.3
    """What a query must pay on average to the key that such a head attends to."""
    at_least: Annotated[int, Field(ge=1)] = 1
    """How many heatmaps must show it."""

    @model_validator(mode="after")
    def _is_of_a_pattern(self) -> Self:
        if self.stripe is not None and self.shows is not None:
            raise ValueError("stripe is of an attention pattern: leave out shows")
        return self

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
        wanted = self._wanted(evidence)
        if self.shows is not None and wanted is None:
            return failed("The matrix this figure should show is not usable.")
        limit = evidence.tolerances[self.tolerance].atol
        found = sum(self._shows(heatmap, wanted, limit) for heatmap in heatmaps)
        if found >= self.at_least:
            return PASSED
        said = f"{found} of {len(heatmaps)} heatmaps show {self._noun(wanted)};"
        said += f" expected {self.at_least}."
        if any(self._shows(h.T, wanted, limit) > self._shows(h, wanted, limit) for h in heatmaps):
            said += f" One of them is drawn transposed: {self._turned(wanted)}."
        return failed(said)

    def _wanted(self, evidence: Evidence) -> Matrix | None:
        if self.shows is None:
            return None
        own = self.against == "own"
        value = evidence.observed[self.shows] if own else evidence.expected[self.shows].value
        return (
            _heatmaps(value)[0]
            if isinstance(value, Group) and _heatmaps(value)
            else as_numbers(value)
        )

    def _shows(self, heatmap: Matrix, wanted: Matrix | None, limit: float) -> bool:
        if wanted is not None:
            return _equal(heatmap, wanted, limit)
        if not is_pattern(heatmap):
            return False
        return self.stripe is None or attends_along(heatmap, self.stripe, self.stripe_above)

    def _noun(self, wanted: Matrix | None) -> str:
        if wanted is not None:
            named = f"[{', '.join(self.axes)}]" if self.axes else str(list(wanted.shape))
            return f"this matrix with rows and columns in order {named}"
        noun = "an attention pattern [query_pos, key_pos]"
        return noun + (
            f" in which each token attends to {_STRIPES[self.stripe]}" if self.stripe else ""
        )

    def _turned(self, wanted: Matrix | None) -> str:
        """What the rows and columns of a transposed heatmap are."""
        if wanted is not None and len(self.axes) != 2:  # noqa: PLR2004 (a matrix)
            return "its rows are the matrix's columns"
        rows, columns = ("query_pos", "key_pos") if wanted is None else self.axes
        return f"rows are {columns}, columns are {rows}"


def is_pattern(heatmap: Matrix) -> bool:
    """Whether a matrix is a causal attention pattern: square, rows sum to 1, nothing ahead."""
    if heatmap.ndim != 2 or heatmap.shape[0] != heatmap.shape[1] or len(heatmap) < 2:  # noqa: PLR2004 (a matrix)
        return False
    rows_sum = np.allclose(heatmap.sum(axis=1), 1.0, atol=1e-3)
    return bool(rows_sum and np.allclose(np.triu(heatmap, 1), 0.0) and (heatmap >= 0).all())


def attends_along(pattern: Matrix, stripe: Stripe, above: float) -> bool:
    """Whether queries attend a fixed number of positions back, and nowhere else as much.

    For sequences that come twice, with or without a token before them. The first token is no
    key here: heads with nothing to do rest on it.
    """
    n = len(pattern)
    offset = offset_of(stripe, n)
    means = {k: _stripe(pattern, k).mean() for k in range(1, n - 1) if n - 1 - k >= n // 3}
    return offset in means and bool(means[offset] > above and means[offset] >= max(means.values()))


def offset_of(stripe: Stripe, n_pos: int) -> int:
    """How many positions back a head of a kind attends, on a sequence of two equal halves.

    Args:
        stripe: The kind.
        n_pos: Length of the sequence, with or without a token before it.
    """
    return (n_pos - 2) // 2 if stripe == "induction" else 1


def _stripe(pattern: Matrix, offset: int) -> Matrix:
    """What queries pay to the key ``offset`` positions back, the first key left out."""
    return np.diagonal(pattern, -offset)[1:]


def _heatmaps(value: Value) -> list[Matrix]:
    if not isinstance(value, Group) or value.kind != "figure":
        return []
    return [item.array.astype(np.float64) for item in value.items if isinstance(item, Numbers)]


def _equal(heatmap: Matrix, wanted: Matrix, limit: float) -> bool:
    return heatmap.shape == wanted.shape and bool((np.abs(heatmap - wanted) <= limit).all())
