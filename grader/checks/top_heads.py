"""``top_heads``: a list of heads says which score highest, first by the student's own scores."""

from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from grader.checks.base import (
    DEFAULT_TOLERANCES,
    PASSED,
    BaseCheck,
    Evidence,
    Finding,
    as_numbers,
    failed,
)
from grader.protocol.values import describe

Scores = NDArray[np.float64]


class Selection(NamedTuple):
    """Which heads a list must name and which it may, given the dead band around each cut-off."""

    must: frozenset[tuple[int, int]]
    may: frozenset[tuple[int, int]]
    least: int
    """How many heads a right list names at least: of equal scores it may choose, not skip."""
    most: int


class TopHeads(BaseCheck):
    """The list holds the highest-scoring heads over a threshold, best first."""

    kind: Literal["top_heads"]
    probe: str
    scores: str
    """The probe with the ``[n_layers, n_heads]`` scores the list is drawn from."""
    against: Literal["own", "reference"]
    """``own``: consistent with the student's scores; ``reference``: true."""
    above: Annotated[float, Field(allow_inf_nan=False)]
    """Threshold of the score."""
    below_layer: int | None = None
    """Only heads of earlier layers count."""
    among: Annotated[int, Field(ge=1)] = 10
    """Only this many best heads are looked at."""
    tolerance: str = "rank"
    """Its ``atol`` is the dead band: a head this close to a cut-off may be in the list or not."""

    def probes(self) -> tuple[str, ...]:
        """The probes this check reads."""
        return (self.probe, self.scores) if self.against == "own" else (self.probe,)

    def references(self) -> tuple[str, ...]:
        """The reference's scores are needed for their shape, and to say what is true."""
        return (self.scores,)

    @np.errstate(all="ignore")
    def judge(self, evidence: Evidence) -> Finding:
        """Compare the list with what the scores say."""
        truth = as_numbers(evidence.expected[self.scores].value)
        scores = as_numbers(evidence.observed[self.scores]) if self.against == "own" else truth
        if (
            truth is None
            or scores is None
            or scores.shape != truth.shape
            or not np.isfinite(scores).all()
        ):
            return failed(
                "The scores this list is drawn from are not a usable [n_layers, n_heads] array."
            )
        entries = as_numbers(evidence.observed[self.probe])
        if entries is not None and not entries.size:
            return failed("The list is empty: no head is in it.")
        if entries is None or entries.ndim != 2 or entries.shape[1] not in {2, 3}:  # noqa: PLR2004 (layer, head[, score])
            value = evidence.observed[self.probe]
            return failed(
                f"Expected a list of (layer, head, score); your code gave {describe(value)}."
            )
        band = evidence.tolerances[self.tolerance].atol
        # The default band, whatever the rubric's: a wider one makes no list less of an answer.
        if np.ptp(scores) <= DEFAULT_TOLERANCES["rank"].atol:
            return failed("Your scores are all the same, so no list follows from them.")
        return self._compare(entries, scores, band)

    def _compare(self, entries: Scores, scores: Scores, band: float) -> Finding:
        heads = listed_heads(entries, scores.shape)
        if heads is None:
            return failed("Some entries are not heads of this model, or a head is listed twice.")
        chosen = select(
            scores, above=self.above, below_layer=self.below_layer, among=self.among, band=band
        )
        whose = "your own scores" if self.against == "own" else "the model"
        if broken := _membership(heads, chosen, whose):
            return failed(broken)
        listed = np.array([scores[head] for head in heads])
        if (np.diff(listed) > band).any():
            return failed("The heads are not ordered from the highest score down.")
        if entries.shape[1] == 3 and np.abs(entries[:, 2] - listed).max() > band:  # noqa: PLR2004 (third column)
            return failed(f"The scores in the list are not those of {whose}.")
        return PASSED


def select(
    scores: Scores, *, above: float, below_layer: int | None, among: int, band: float
) -> Selection:
    """Split heads into those a right list must name and those it may.

    Args:
        scores: One score a head, ``[n_layers, n_heads]``.
        above: Threshold of the score.
        below_layer: Only heads of layers before this one count, when given.
        among: How many of the best heads are looked at.
        band: Half-width of the dead band around the threshold and the rank cut-off.
    """
    ranked = np.sort(scores, axis=None)[::-1]
    cut = ranked[among - 1] if among <= len(ranked) else -np.inf
    following = ranked[among] if among < len(ranked) else -np.inf

    def heads(mask: NDArray[np.bool_]) -> frozenset[tuple[int, int]]:
        return frozenset(
            (int(layer), int(head))
            for layer, head in np.argwhere(mask)
            if below_layer is None or layer < below_layer
        )

    must = (scores > above + band) & (scores >= cut) & (scores > following + band)
    may = (scores > above - band) & (scores >= cut - band)
    sure = min(among, int((scores > above + band).sum()))
    later = int(may.sum()) - len(heads(may))
    return Selection(
        must=heads(must),
        may=heads(may),
        least=max(0, sure - later),
        most=min(among, len(heads(may))),
    )


def _membership(heads: list[tuple[int, int]], chosen: Selection, whose: str) -> str | None:
    if missing := chosen.must.difference(heads):
        return f"By {whose}, {_names(missing)} should be in the list."
    if extra := set(heads).difference(chosen.may):
        return f"By {whose}, {_names(extra)} should not be in the list."
    if not chosen.least <= len(heads) <= chosen.most:
        least, most = chosen.least, chosen.most
        return f"By {whose}, {least} to {most} heads should be in the list; {len(heads)} are."
    return None


def listed_heads(entries: Scores, shape: tuple[int, ...]) -> list[tuple[int, int]] | None:
    """The heads of a list as pairs; None where one is no head of the model or stands twice."""
    pairs = entries[:, :2]
    if not np.isfinite(entries).all() or (pairs != np.round(pairs)).any():
        return None
    if (pairs < 0).any() or (pairs >= np.array(shape)).any():
        return None
    heads = [(int(layer), int(head)) for layer, head in pairs]
    return heads if len(set(heads)) == len(heads) else None


def _names(heads: Iterable[tuple[int, int]]) -> str:
    labels = [f"L{layer}H{head}" for layer, head in sorted(heads)]
    return ", ".join(labels[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")  # noqa: PLR2004 (three fit a line)
