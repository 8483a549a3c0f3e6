"""The check `top_heads`: a list names the highest-scoring heads, best first."""

from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from grader.checks.base import (
    DEFAULT_TOLERANCES,
    PASSED,
    BaseCheck,
    CheckInputs,
    CheckResult,
    as_numbers,
    failed,
)
from grader.protocol.values import describe

Scores = NDArray[np.float64]


class ExpectedHeads(NamedTuple):
    """The heads that a list must and may name, with a dead band around each cut-off."""

    must: frozenset[tuple[int, int]]
    """Heads that a right list names."""
    may: frozenset[tuple[int, int]]
    """Heads that a right list may name."""
    min_count: int
    """Smallest length of a right list: among equal scores it may choose, but not leave out."""
    max_count: int
    """Largest length of a right list."""


class TopHeads(BaseCheck):
    """The list holds the heads with the highest scores above a threshold, best first."""

    kind: Literal["top_heads"]
    probe: str
    """Probe with the list of heads."""
    scores: str
    """Probe with the ``[n_layers, n_heads]`` scores that the list is taken from."""
    against: Literal["own", "reference"]
    """Scores to compare with: the student's ``own`` or the ``reference``'s."""
    above: Annotated[float, Field(allow_inf_nan=False)]
    """Threshold of the score."""
    below_layer: int | None = None
    """Layer before which heads count; by default, all do."""
    consider_top: Annotated[int, Field(ge=1)] = 10
    """Number of best heads that are considered."""
    tolerance: str = "rank"
    """Tolerance class; a head within its ``atol`` of a cut-off may be in the list or not."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose values this check needs."""
        return (self.probe, self.scores) if self.against == "own" else (self.probe,)

    def references(self) -> tuple[str, ...]:
        """Return the probe of the scores: the reference's give the shape and the true heads."""
        return (self.scores,)

    @np.errstate(all="ignore")
    def judge(self, inputs: CheckInputs) -> CheckResult:
        """Compare the list with the scores."""
        truth = as_numbers(inputs.expected[self.scores].value)
        scores = as_numbers(inputs.observed[self.scores]) if self.against == "own" else truth
        if (
            truth is None
            or scores is None
            or scores.shape != truth.shape
            or not np.isfinite(scores).all()
        ):
            return failed(
                "The scores this list is drawn from are not a usable [n_layers, n_heads] array."
            )
        entries = as_numbers(inputs.observed[self.probe])
        if entries is not None and not entries.size:
            return failed("The list is empty: no head is in it.")
        if entries is None or entries.ndim != 2 or entries.shape[1] not in {2, 3}:  # noqa: PLR2004 (layer, head[, score])
            value = inputs.observed[self.probe]
            return failed(
                f"Expected a list of (layer, head, score); your code gave {describe(value)}."
            )
        band = inputs.tolerances[self.tolerance].atol
        # The default class, not the rubric's: a wider band must not make scores look constant.
        if np.ptp(scores) <= DEFAULT_TOLERANCES["rank"].atol:
            return failed("Your scores are all the same, so no list follows from them.")
        return self._compare(entries, scores, band)

    def _compare(self, entries: Scores, scores: Scores, band: float) -> CheckResult:
        heads = parse_heads(entries, scores.shape)
        if heads is None:
            return failed("Some entries are not heads of this model, or a head is listed twice.")
        expected = expected_heads(
            scores,
            above=self.above,
            below_layer=self.below_layer,
            consider_top=self.consider_top,
            band=band,
        )
        source = "your own scores" if self.against == "own" else "the model"
        if problem := _membership_problem(heads, expected, source):
            return failed(problem)
        listed = np.array([scores[head] for head in heads])
        if (np.diff(listed) > band).any():
            return failed("The heads are not ordered from the highest score down.")
        if entries.shape[1] == 3 and np.abs(entries[:, 2] - listed).max() > band:  # noqa: PLR2004 (third column)
            return failed(f"The scores in the list are not those of {source}.")
        return PASSED


def expected_heads(
    scores: Scores, *, above: float, below_layer: int | None, consider_top: int, band: float
) -> ExpectedHeads:
    """Find the heads that a right list must name and those that it may name.

    Args:
        scores: Scores of all heads, ``[n_layers, n_heads]``.
        above: Threshold of the score.
        below_layer: Layer before which heads count; None for all layers.
        consider_top: Number of best heads that are considered.
        band: Half-width of the dead band around the threshold and the rank cut-off.
    """
    ranked = np.sort(scores, axis=None)[::-1]
    cut = ranked[consider_top - 1] if consider_top <= len(ranked) else -np.inf
    following = ranked[consider_top] if consider_top < len(ranked) else -np.inf

    def heads(mask: NDArray[np.bool_]) -> frozenset[tuple[int, int]]:
        return frozenset(
            (int(layer), int(head))
            for layer, head in np.argwhere(mask)
            if below_layer is None or layer < below_layer
        )

    must = (scores > above + band) & (scores >= cut) & (scores > following + band)
    may = (scores > above - band) & (scores >= cut - band)
    certain = min(consider_top, int((scores > above + band).sum()))
    in_later_layers = int(may.sum()) - len(heads(may))
    return ExpectedHeads(
        must=heads(must),
        may=heads(may),
        min_count=max(0, certain - in_later_layers),
        max_count=min(consider_top, len(heads(may))),
    )


def _membership_problem(
    heads: list[tuple[int, int]], expected: ExpectedHeads, source: str
) -> str | None:
    if missing := expected.must.difference(heads):
        return f"By {source}, {_format_heads(missing)} should be in the list."
    if extra := set(heads).difference(expected.may):
        return f"By {source}, {_format_heads(extra)} should not be in the list."
    low, high = expected.min_count, expected.max_count
    if not low <= len(heads) <= high:
        return f"By {source}, {low} to {high} heads should be in the list; {len(heads)} are."
    return None


def parse_heads(entries: Scores, shape: tuple[int, ...]) -> list[tuple[int, int]] | None:
    """Return the heads of a list as pairs; None if one is repeated or is not in the model."""
    pairs = entries[:, :2]
    if not np.isfinite(entries).all() or (pairs != np.round(pairs)).any():
        return None
    if (pairs < 0).any() or (pairs >= np.array(shape)).any():
        return None
    heads = [(int(layer), int(head)) for layer, head in pairs]
    return heads if len(set(heads)) == len(heads) else None


def _format_heads(heads: Iterable[tuple[int, int]]) -> str:
    labels = [f"L{layer}H{head}" for layer, head in sorted(heads)]
    return ", ".join(labels[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")  # noqa: PLR2004 (three fit a line)
