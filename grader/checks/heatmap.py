"""The check `heatmap`: a figure shows the right matrix. Figures are graded by their data."""

from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from grader.checks.base import PASSED, BaseCheck, CheckInputs, CheckResult, as_numbers, failed
from grader.protocol.values import ArrayValue, SequenceValue, Value

Stripe = Literal["induction", "previous_token"]
Matrix = NDArray[np.float64]
_STRIPES: dict[Stripe, str] = {
    "induction": "the token after the one that came before it the last time",
    "previous_token": "the token before it",
}


class Heatmap(BaseCheck):
    """Some heatmaps of the notebook, or of a returned figure, show a given matrix."""

    kind: Literal["heatmap"]
    compact = ("figures",)
    figures: str
    """Probe with the heatmaps."""
    shows: str | None = None
    """Probe whose value must be drawn; without it, any attention pattern is accepted."""
    axes: tuple[str, ...] = ()
    """Names of rows and columns, such as ``[layer, head]``, for feedback."""
    against: Literal["own", "reference"] = "own"
    """Matrix to compare with: the student's ``own`` or the ``reference``'s."""
    tolerance: str = "same_device"
    """Name of the tolerance class; only its ``atol`` counts."""
    stripe: Stripe | None = None
    """Kind of head whose attention patterns count, on a repeated sequence; without ``shows``."""
    stripe_above: Annotated[float, Field(ge=0, lt=1)] = 0.3
    """Mean attention that queries must pay to the key which such a head attends to."""
    min_count: Annotated[int, Field(ge=1)] = 1
    """Number of heatmaps that must show it."""

    @model_validator(mode="after")
    def _validate_stripe(self) -> Self:
        if self.stripe is not None and self.shows is not None:
            raise ValueError("stripe is of an attention pattern: leave out shows")
        return self

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs."""
        if self.shows is not None and self.against == "own":
            return (self.figures, self.shows)
        return (self.figures,)

    def references(self) -> tuple[str, ...]:
        """Return the probe of the matrix if the figure must show the reference's."""
        return (self.shows,) if self.shows and self.against == "reference" else ()

    @np.errstate(all="ignore")
    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Look for the matrix among the heatmaps, in the right orientation."""
        heatmaps = _heatmaps(inputs.observed[self.figures])
        wanted = self._wanted_matrix(inputs)
        if self.shows is not None and wanted is None:
            return failed("The matrix this figure should show is not usable.")
        limit = inputs.tolerances[self.tolerance].atol
        found = sum(self._shows(heatmap, wanted, limit) for heatmap in heatmaps)
        if found >= self.min_count:
            return PASSED
        text = f"{found} of {len(heatmaps)} heatmaps show {self._describe(wanted)};"
        text += f" expected {self.min_count}."
        if any(self._shows(h.T, wanted, limit) > self._shows(h, wanted, limit) for h in heatmaps):
            text += f" One of them is drawn transposed: {self._describe_transposed(wanted)}."
        return failed(text)

    def _wanted_matrix(self, inputs: CheckInputs) -> Matrix | None:
        if self.shows is None:
            return None
        own = self.against == "own"
        value = inputs.observed[self.shows] if own else inputs.expected[self.shows].value
        return (
            _heatmaps(value)[0]
            if isinstance(value, SequenceValue) and _heatmaps(value)
            else as_numbers(value)
        )

    def _shows(self, heatmap: Matrix, wanted: Matrix | None, limit: float) -> bool:
        if wanted is not None:
            return _matches(heatmap, wanted, limit)
        if not is_pattern(heatmap):
            return False
        return self.stripe is None or has_stripe(heatmap, self.stripe, self.stripe_above)

    def _describe(self, wanted: Matrix | None) -> str:
        if wanted is not None:
            named = f"[{', '.join(self.axes)}]" if self.axes else str(list(wanted.shape))
            return f"this matrix with rows and columns in order {named}"
        noun = "an attention pattern [query_pos, key_pos]"
        return noun + (
            f" in which each token attends to {_STRIPES[self.stripe]}" if self.stripe else ""
        )

    def _describe_transposed(self, wanted: Matrix | None) -> str:
        """Describe the rows and columns of a transposed heatmap."""
        if wanted is not None and len(self.axes) != 2:  # noqa: PLR2004 (a matrix)
            return "its rows are the matrix's columns"
        rows, columns = ("query_pos", "key_pos") if wanted is None else self.axes
        return f"rows are {columns}, columns are {rows}"


def is_pattern(heatmap: Matrix) -> bool:
    """Return True for a causal attention pattern: square, lower triangular, rows that sum to 1."""
    if heatmap.ndim != 2 or heatmap.shape[0] != heatmap.shape[1] or len(heatmap) < 2:  # noqa: PLR2004 (a matrix)
        return False
    rows_sum = np.allclose(heatmap.sum(axis=1), 1.0, atol=1e-3)
    return bool(rows_sum and np.allclose(np.triu(heatmap, 1), 0.0) and (heatmap >= 0).all())


def has_stripe(pattern: Matrix, stripe: Stripe, above: float) -> bool:
    """Return True if queries attend a fixed number of positions back, and nowhere else as much.

    The sequence is one that repeats itself, with or without a token in front. The first token does
    not count as a key: heads that find nothing to attend to rest on it.
    """
    n = len(pattern)
    offset = stripe_offset(stripe, n)
    means = {
        k: _stripe_attention(pattern, k).mean() for k in range(1, n - 1) if n - 1 - k >= n // 3
    }
    return offset in means and bool(means[offset] > above and means[offset] >= max(means.values()))


def stripe_offset(stripe: Stripe, n_pos: int) -> int:
    """Return the number of positions that a head of this kind looks back on a repeated sequence.

    Args:
        stripe: Kind of head.
        n_pos: Length of the sequence, with or without a token in front.
    """
    return (n_pos - 2) // 2 if stripe == "induction" else 1


def _stripe_attention(pattern: Matrix, offset: int) -> Matrix:
    """Return the attention paid to the key ``offset`` positions back, without the first key."""
    return np.diagonal(pattern, -offset)[1:]


def _heatmaps(value: Value) -> list[Matrix]:
    if not isinstance(value, SequenceValue) or value.kind != "figure":
        return []
    return [item.array.astype(np.float64) for item in value.items if isinstance(item, ArrayValue)]


def _matches(heatmap: Matrix, wanted: Matrix, limit: float) -> bool:
    return heatmap.shape == wanted.shape and bool((np.abs(heatmap - wanted) <= limit).all())
