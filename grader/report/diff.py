"""What another scoring changes: for whom, by how much, in which criteria. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from grader.report.model import Report, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionChange:
    """One criterion of one submission, before and after."""

    before: Verdict | None
    """None where it is a new criterion."""
    after: Verdict | None
    """None where there is no such criterion any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One submission, before and after."""

    student: str
    before: float
    after: float
    before_total: float
    after_total: float
    criteria: tuple[CriterionChange, ...]
    """Those whose points or outcome are others now, in the new rubric's order; gone ones last."""

    @property
    def gain(self) -> float:
        """Points won; below zero they are lost."""
        return round(self.after - self.before, 4)

    @property
    def has_changed(self) -> bool:
        """Whether anything of it changed at all."""
        other_total = round(self.after_total - self.before_total, 4)
        return bool(self.gain or self.criteria or other_total)


def changes(scored: Iterable[tuple[str, Report, Report]]) -> tuple[Change, ...]:
    """What changes for each submission, the largest change first; of equal ones losses first.

    Args:
        scored: Student, report before, report after.
    """
    found = [_change(student, before, after) for student, before, after in scored]
    return tuple(sorted(found, key=lambda c: (-abs(c.gain), c.gain, c.student)))


def _change(student: str, before: Report, after: Report) -> Change:
    old = {verdict.id: verdict for verdict in before.verdicts}
    new = {verdict.id: verdict for verdict in after.verdicts}
    pairs = [CriterionChange(before=old.get(name), after=new.get(name)) for name in {**new, **old}]
    return Change(
        student=student,
        before=before.score,
        after=after.score,
        before_total=before.total,
        after_total=after.total,
        criteria=tuple(pair for pair in pairs if _earned(pair.before) != _earned(pair.after)),
    )


def _earned(verdict: Verdict | None) -> tuple[str, float, float] | None:
    return (verdict.outcome, verdict.points, verdict.max_points) if verdict else None
