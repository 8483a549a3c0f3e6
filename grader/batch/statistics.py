"""Statistics of a batch: states, score distribution, and each criterion's difficulty."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import StatisticsError, correlation, fmean, median
from typing import Any

from grader.batch.gradebook import STATES, GradebookRow, State
from grader.report.model import Report, Verdict
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion

BINS = 10
"""Number of bins of a score histogram."""
MAX_MISCONCEPTIONS = 3
"""Maximum number of known mistakes to list per criterion."""
LOW_DISCRIMINATION = 0.1
"""Below this a criterion says little about the rest; below zero, better students lose it."""
MIN_STUDENTS = 3
"""Minimum number of students to compute a discrimination index from."""
_DIGITS = 6
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Misconception:
    """A known mistake and the number of students who made it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionSummary:
    """Statistics of one criterion."""

    id: str
    title: str
    judged: int
    """Number of submissions in which it could be judged."""
    passed_share: float | None
    """Fraction of the judged submissions that passed; None if there are none."""
    attempted: int
    """Number of judged submissions that attempted it."""
    mean_share: float | None
    """Mean fraction of its points over the judged submissions."""
    discrimination: float | None
    """Corrected item-total correlation; None if it cannot be computed."""
    misconceptions: tuple[Misconception, ...]
    """Its most frequent known mistakes, the most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """The distribution of scores."""

    mean: float | None
    median: float | None
    histogram: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Statistics of a batch. Scores are those before late penalties."""

    submissions: int
    states: dict[State, int]
    """Number of submissions by state, for every state."""
    judged: int
    """Number of submissions that have a score."""
    mean: float | None
    median: float | None
    histogram: tuple[int, ...]
    """Score counts in ten equal bins of the maximum; full marks and more are in the last."""
    final: Distribution
    """Distribution of the scores after late penalties."""
    misconceptions: tuple[Misconception, ...]
    """All known mistakes that were made, the most frequent first."""
    criteria: tuple[CriterionSummary, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as in ``batch.json``."""
        return asdict(self)


def summarise(rows: Iterable[GradebookRow], rubric: Rubric) -> Summary:
    """Compute the statistics of a batch.

    Args:
        rows: Every submission, whatever its state.
        rubric: The rubric they were graded by.
    """
    all_rows = list(rows)
    judged = [(row, report) for row in all_rows if (report := row.graded_report)]
    reports = [report for _, report in judged]
    scores = distribution([(report.score, report.total) for report in reports])
    states = Counter(row.state for row in all_rows)
    by_criterion: dict[str, list[tuple[Report, Verdict]]] = {}
    for report in reports:
        for verdict in report.verdicts:
            if verdict.outcome != "blocked":
                by_criterion.setdefault(verdict.id, []).append((report, verdict))
    return Summary(
        submissions=len(all_rows),
        states={state: states[state] for state in STATES},
        judged=len(reports),
        mean=scores.mean,
        median=scores.median,
        histogram=scores.histogram,
        final=distribution([(row.final_score or 0.0, report.total) for row, report in judged]),
        misconceptions=_count(name for report in reports for name in misconceptions_of(report)),
        criteria=tuple(
            _summarise_criterion(c, by_criterion.get(c.id, ())) for c in rubric.criteria
        ),
    )


def misconceptions_of(report: Report) -> tuple[str, ...]:
    """Return the known mistakes in a submission, each once: one may cost several criteria."""
    return tuple(dict.fromkeys(v.misconception for v in report.verdicts if v.misconception))


def distribution(scores: Sequence[tuple[float, float]]) -> Distribution:
    """Compute the distribution of scores.

    Args:
        scores: Pairs of a score and its maximum.
    """
    points = [score for score, _ in scores]
    counts = Counter(bin_of(score, total) for score, total in scores)
    return Distribution(
        mean=round(fmean(points), 4) if points else None,
        median=round(median(points), 4) if points else None,
        histogram=tuple(counts[i] for i in range(BINS)),
    )


def bin_of(score: float, total: float) -> int:
    """Return the index of the histogram bin that a score lies in."""
    share = score / total if total else 0.0
    return max(0, min(BINS - 1, int(share * BINS + _ROUNDING)))


def discrimination(item: Sequence[float], rest: Sequence[float]) -> float | None:
    """Compute the corrected item-total correlation, from -1 to 1.

    Args:
        item: Each student's fraction of one criterion's points.
        rest: The students' scores without that criterion, in the same order.

    Returns:
        None if there are too few students, or if all of them got the same.
    """
    if len(item) < MIN_STUDENTS:
        return None
    try:
        # Rounded, so that the rounding errors of sums are no difference between students.
        found = correlation(*([round(number, _DIGITS) for number in side] for side in (item, rest)))
    except StatisticsError:
        return None
    return round(max(-1.0, min(1.0, found)), 4) + 0.0


def _summarise_criterion(
    criterion: Criterion, judged: Sequence[tuple[Report, Verdict]]
) -> CriterionSummary:
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
        misconceptions=_count(v.misconception for v in verdicts)[:MAX_MISCONCEPTIONS],
    )


def _share(verdict: Verdict) -> float:
    """Return the fraction of a criterion's points; without points, 1 if it was passed."""
    if not verdict.max_points:
        return float(verdict.outcome == "passed")
    return verdict.points / verdict.max_points


def _mean(numbers: Sequence[float]) -> float | None:
    return round(fmean(numbers), 4) if numbers else None


def _count(names: Iterable[str | None]) -> tuple[Misconception, ...]:
    """Count names; equal counts are sorted by name, so that the same batch gives the same bytes."""
    counts = Counter(name for name in names if name)
    ordered = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
    return tuple(Misconception(name=n, count=c) for n, c in ordered)
