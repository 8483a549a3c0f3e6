"""What there is to say about lost points: each thing once, with every criterion that it cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.report.model import Outcome, Report, Verdict


# MERGED: One sign for each outcome, the same in a terminal and on pages.
@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One mistake, or one reason."""

    verdicts: tuple[Verdict, ...]

    @property
    def first(self) -> Verdict:
        """The one whose feedback, hints and explanation stand for all."""
        return self.verdicts[0]

    @property
    def points(self) -> float:
        """Earned in all of its criteria."""
        return round(sum(verdict.points for verdict in self.verdicts), 4)

    @property
    def max_points(self) -> float:
        """What they are worth."""
        return sum(verdict.max_points for verdict in self.verdicts)


def blocks(report: Report) -> Sequence[Block]:
    """One for each thing that lost points on something the student did write."""
    told: dict[tuple[str | None, str], list[Verdict]] = {}
    for verdict in report.verdicts:
        renamed = verdict.outcome == "not_attempted" and "was it renamed" in verdict.feedback
        if renamed or verdict.outcome not in {"passed", "not_attempted"}:
            cause = verdict.misconception or verdict.feedback
            told.setdefault((verdict.function, cause), []).append(verdict)
    return [Block(verdicts=tuple(verdicts)) for verdicts in told.values()]


MARKS: Mapping[Outcome, str] = {
    "passed": "✓",
    "partial": "◐",
    "failed": "✗",
    "errored": "!",
    "blocked": "…",
    "not_attempted": "·",
}
