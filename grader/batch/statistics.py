"""What a batch comes to: how submissions ended, how scores are spread, what is missed. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import StatisticsError, correlation, fmean, median
from typing import Any

from grader.batch.gradebook import STATES, Entry, State
from grader.report.model import Report, Verdict
from grader.rubric.model import Criterion, Rubric

# MERGED: Whether a criterion tells those who did well from those who did not. Pure.
LITTLE = 0.1
"""Below this it says little about the rest; below zero, better students lose it."""
FEWEST = 3
_DIGITS = 6


def discrimination(item: Sequence[float], rest: Sequence[float]) -> float | None:
    """The corrected item-total correlation, from -1 to 1.

    Args:
        item: Each student's share of one criterion's points.
        rest: Their scores without that criterion, in the same order.

    Returns:
        None where there are too few, or where all got the same: there is nothing to tell apart.
    """
    if len(item) < FEWEST:
        return None
    try:
        # What adding up left behind is no difference between students.
        found = correlation(*([round(number, _DIGITS) for number in side] for side in (item, rest)))
    except StatisticsError:
        return None
    return round(max(-1.0, min(1.0, found)), 4) + 0.0


BINS = 10
MISCONCEPTIONS = 3
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Misconception:
    """A known mistake, and how many made it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionSummary:
    """How a batch did on one criterion."""

    id: str
    title: str
    judged: int
    """Submissions whose answer could be judged."""
    passed_share: float | None
    """Of those; None where there are none."""
    attempted: int
    """Of those: they were not left out."""
    mean_share: float | None
    """Of its points, over those that were judged."""
    discrimination: float | None
    """How its share of points goes with the rest of the score; None where that tells nothing."""
    misconceptions: tuple[Misconception, ...]
    """The most frequent ones, first the most frequent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How scores are spread."""

    mean: float | None
    median: float | None
    histogram: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Numbers about a batch. Scores are those before lateness: what was understood."""

    submissions: int
    states: dict[State, int]
    """Every state, with how many ended in it."""
    judged: int
    """Submissions that have a score."""
    mean: float | None
    median: float | None
    histogram: tuple[int, ...]
    """Scores by their share of the maximum, ten equal bins; full marks and more in the last."""
    final: Spread
    """The same of the scores that lateness leaves."""
    misconceptions: tuple[Misconception, ...]
    """Known mistakes, each with how many students made it; first the most frequent."""
    criteria: tuple[CriterionSummary, ...]

    def to_dict(self) -> dict[str, Any]:
        """As in a batch's JSON."""
        return asdict(self)


def summarise(entries: Iterable[Entry], rubric: Rubric) -> Summary:
    """Summarise a batch.

    Args:
        entries: Every submission, whatever became of it.
        rubric: The one they were graded by.
    """
    everyone = list(entries)
    judged = [(entry, report) for entry in everyone if (report := entry.judged)]
    reports = [report for _, report in judged]
    found = spread([(report.score, report.total) for report in reports])
    ended = Counter(entry.state for entry in everyone)
    judged_on: dict[str, list[tuple[Report, Verdict]]] = {}
    for report in reports:
        for verdict in report.verdicts:
            if verdict.outcome != "blocked":
                judged_on.setdefault(verdict.id, []).append((report, verdict))
    return Summary(
        submissions=len(everyone),
        states={state: ended[state] for state in STATES},
        judged=len(reports),
        mean=found.mean,
        median=found.median,
        histogram=found.histogram,
        final=spread([(entry.final_score or 0.0, report.total) for entry, report in judged]),
        misconceptions=_counted(name for report in reports for name in misconceptions_of(report)),
        criteria=tuple(_criterion(c, judged_on.get(c.id, ())) for c in rubric.criteria),
    )


def misconceptions_of(report: Report) -> tuple[str, ...]:
    """The known mistakes in a submission, each once: one may cost several criteria."""
    return tuple(dict.fromkeys(v.misconception for v in report.verdicts if v.misconception))


def spread(scores: Sequence[tuple[float, float]]) -> Spread:
    """How scores are spread.

    Args:
        scores: Each with its maximum.
    """
    points = [score for score, _ in scores]
    counts = Counter(bin_of(score, total) for score, total in scores)
    return Spread(
        mean=round(fmean(points), 4) if points else None,
        median=round(median(points), 4) if points else None,
        histogram=tuple(counts[i] for i in range(BINS)),
    )


def bin_of(score: float, total: float) -> int:
    """Which tenth of its maximum a score lies in."""
    share = score / total if total else 0.0
    return max(0, min(BINS - 1, int(share * BINS + _ROUNDING)))


def _criterion(criterion: Criterion, judged: Sequence[tuple[Report, Verdict]]) -> CriterionSummary:
    verdicts = [verdict for _, verdict in judged]
    shares = [_share(verdict) for verdict in verdicts]
    return CriterionSummary(
        id=criterion.id,
        title=criterion.title,
        judged=len(judged),
        attempted=sum(verdict.outcome != "not_attempted" for verdict in verdicts),
        passed_share=_mean([verdict.outcome == "passed" for verdict in verdicts]),
        mean_share=_mean(shares),
        discrimination=discrimination(shares, [r.score - v.points for r, v in judged]),
        misconceptions=_counted(v.misconception for v in verdicts)[:MISCONCEPTIONS],
    )


def _share(verdict: Verdict) -> float:
    """Of its points; of a criterion without points, whether it was passed."""
    if not verdict.max_points:
        return float(verdict.outcome == "passed")
    return verdict.points / verdict.max_points


def _mean(numbers: Sequence[float]) -> float | None:
    return round(fmean(numbers), 4) if numbers else None


def _counted(names: Iterable[str | None]) -> tuple[Misconception, ...]:
    """Those of equal count by name, so that the same batch gives the same bytes."""
    counts = Counter(name for name in names if name)
    ordered = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
    return tuple(Misconception(name=n, count=c) for n, c in ordered)
