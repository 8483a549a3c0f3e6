"""Groups the verdicts of a report by cause, so that each mistake is explained only once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.judging.failures import RENAME_QUESTION
from grader.report.model import Outcome, Report, Verdict

OUTCOME_ICONS: Mapping[Outcome, str] = {
    "passed": "✓",
    "partial": "◐",
    "failed": "✗",
    "errored": "!",
    "blocked": "…",
    "not_attempted": "·",
}
"""The icon of each outcome, in the terminal and on pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackBlock:
    """One cause of lost points, with the verdicts on all criteria that it affected."""

    verdicts: tuple[Verdict, ...]

    @property
    def first(self) -> Verdict:
        """The verdict whose feedback, hints and explanation are shown for the block."""
        return self.verdicts[0]

    @property
    def points(self) -> float:
        """Points earned on all criteria of the block."""
        return round(sum(verdict.points for verdict in self.verdicts), 4)

    @property
    def max_points(self) -> float:
        """Points possible on all criteria of the block."""
        return sum(verdict.max_points for verdict in self.verdicts)


def group_feedback(report: Report) -> Sequence[FeedbackBlock]:
    """Return a block for each cause of lost points on attempted or renamed functions."""
    by_cause: dict[tuple[str | None, str], list[Verdict]] = {}
    for verdict in report.verdicts:
        renamed = verdict.outcome == "not_attempted" and RENAME_QUESTION in verdict.feedback
        if renamed or verdict.outcome not in {"passed", "not_attempted"}:
            cause = verdict.misconception or verdict.feedback
            by_cause.setdefault((verdict.function, cause), []).append(verdict)
    return [FeedbackBlock(verdicts=tuple(verdicts)) for verdicts in by_cause.values()]
