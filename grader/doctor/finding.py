"""The result of one check: whether something works and, if not, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "problem"]
GB = 2**30
ALL_WELL = "Everything needed for self-checks works here."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check."""

    name: str
    message: str
    """One plain sentence on the result."""
    state: State = "ok"
    """`problem`: grading is impossible until it is fixed. `warning`: something optional fails."""
    advice: str = ""
    """Instructions for fixing it."""


def is_usable(findings: Sequence[Finding]) -> bool:
    """Return True if grading is possible."""
    return all(finding.state != "problem" for finding in findings)


def summary(findings: Sequence[Finding]) -> str:
    """Summarise all findings in one line: that grading works, or what to do first."""
    problem = next((f for f in findings if f.state == "problem"), None)
    if problem is not None:
        return f"Grading does not work here yet. First, {problem.name}: {problem.advice}"
    names = [finding.name for finding in findings if finding.state == "warning"]
    return f"{ALL_WELL} You can improve: {', '.join(names)} (see !)." if names else ALL_WELL
