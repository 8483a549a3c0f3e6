"""One submission's row in a gradebook: whose it is, how it ended and what it earned."""

from dataclasses import dataclass
from typing import Literal, get_args

from grader.batch.lateness import Lateness
from grader.report import Report

State = Literal["graded", "partial", "ungradable", "timed_out", "crashed"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A submission after grading, overrides applied."""

    student: str
    """The key by which files of an instructor name the student: an id where there is one."""
    name: str
    """As a person reads it; may be empty."""
    notebook: str
    """The file that was graded; may be empty."""
    state: State
    report: Report | None
    lateness: Lateness | None
    """None where there is no late policy."""
    notes: tuple[str, ...] = ()

    @property
    def judged(self) -> Report | None:
        """The report where something was judged: without one no number stands, not even zero."""
        if self.report is None or self.report.status == "ungradable":
            return None
        return self.report if self.report.verdicts else None

    @property
    def final_score(self) -> float | None:
        """What lateness leaves of the score; None where nothing was judged."""
        report = self.judged
        if report is None or self.lateness is None:
            return report.score if report else None
        return self.lateness.final_score(report.score, report.total)
