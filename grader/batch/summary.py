"""What a batch comes to: how submissions ended, how scores are spread, what is missed. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, median
from typing import Any

from grader.batch.entry import STATES, Entry, State
from grader.report import Report, Verdict
from grader.rubric import Criterion, Rubric

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
    misconceptions: tuple[Misconception, ...]
    """The most frequent ones, first the most frequent."""


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
    reports = [report for entry in everyone if (report := entry.judged)]
    scores = [report.score for report in reports]
    ended = Counter(entry.state for entry in everyone)
    return Summary(
        submissions=len(everyone),
        states={state: ended[state] for state in STATES},
        judged=len(reports),
        mean=round(fmean(scores), 4) if scores else None,
        median=round(median(scores), 4) if scores else None,
        histogram=histogram(reports),
        criteria=tuple(_criterion(criterion, reports) for criterion in rubric.criteria),
    )


def histogram(reports: Iterable[Report]) -> tuple[int, ...]:
    """How many scores lie in each tenth of their maximum."""
    counts = Counter(bin_of(report.score, report.total) for report in reports)
    return tuple(counts[i] for i in range(BINS))


def bin_of(score: float, total: float) -> int:
    """Which tenth of its maximum a score lies in."""
    share = score / total if total else 0.0
    return max(0, min(BINS - 1, int(share * BINS + _ROUNDING)))


def _criterion(criterion: Criterion, reports: Sequence[Report]) -> CriterionSummary:
    verdicts = [v for report in reports for v in report.verdicts if v.id == criterion.id]
    judged = [verdict for verdict in verdicts if verdict.outcome != "blocked"]
    passed = sum(verdict.outcome == "passed" for verdict in judged)
    return CriterionSummary(
        id=criterion.id,
        title=criterion.title,
        judged=len(judged),
        passed_share=round(passed / len(judged), 4) if judged else None,
        misconceptions=_most_frequent(judged),
    )


def _most_frequent(verdicts: Iterable[Verdict]) -> tuple[Misconception, ...]:
    """Those of equal count by name, so that the same batch gives the same bytes."""
    counts = Counter(v.misconception for v in verdicts if v.misconception)
    ordered = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
    return tuple(Misconception(name=n, count=c) for n, c in ordered[:MISCONCEPTIONS])
