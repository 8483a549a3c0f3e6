"""Compares two reports on each submission, from before and after a regrade."""

from collections.abc import Iterable
from dataclasses import dataclass

from grader.report.model import Report, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionChange:
    """One criterion of one submission, before and after."""

    before: Verdict | None
    """The old verdict, or None if the criterion is new."""
    after: Verdict | None
    """The new verdict, or None if the criterion was removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDiff:
    """The score of one submission before and after, with the criteria that differ."""

    student: str
    before: float
    after: float
    before_total: float
    after_total: float
    criteria: tuple[CriterionChange, ...]
    """Criteria whose points or outcome differ, in the new rubric's order; removed ones last."""

    @property
    def gain(self) -> float:
        """Points gained; negative if points were lost."""
        return round(self.after - self.before, 4)

    @property
    def has_changed(self) -> bool:
        """True if the score, the total or any criterion differs."""
        total_change = round(self.after_total - self.before_total, 4)
        return bool(self.gain or self.criteria or total_change)


def diff_reports(scored: Iterable[tuple[str, Report, Report]]) -> tuple[ReportDiff, ...]:
    """Compare the reports of each submission; the largest changes come first, losses before gains.

    Args:
        scored: The student, the report before and the report after.
    """
    diffs = [_diff(student, before, after) for student, before, after in scored]
    return tuple(sorted(diffs, key=lambda c: (-abs(c.gain), c.gain, c.student)))


def _diff(student: str, before: Report, after: Report) -> ReportDiff:
    old = {verdict.id: verdict for verdict in before.verdicts}
    new = {verdict.id: verdict for verdict in after.verdicts}
    pairs = [CriterionChange(before=old.get(name), after=new.get(name)) for name in {**new, **old}]
    return ReportDiff(
        student=student,
        before=before.score,
        after=after.score,
        before_total=before.total,
        after_total=after.total,
        criteria=tuple(pair for pair in pairs if _result(pair.before) != _result(pair.after)),
    )


def _result(verdict: Verdict | None) -> tuple[str, float, float] | None:
    return (verdict.outcome, verdict.points, verdict.max_points) if verdict else None
