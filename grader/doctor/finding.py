"""What the doctor finds: one thing, whether it works, and what to do where it does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "problem"]
GB = 2**30
ALL_WELL = "Everything needed for self-checks works here."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    says: str
    """One plain sentence."""
    state: State = "ok"
    """Without what is a problem nothing can be graded; a warning is about less than that."""
    advice: str = ""
    """What to do about it."""


def works(findings: Sequence[Finding]) -> bool:
    """Whether grading works here."""
    return all(finding.state != "problem" for finding in findings)


def summary(findings: Sequence[Finding]) -> str:
    """All of it in one line: what works, or what to do first.

    Args:
        findings: Everything that was found.
    """
    problem = next((f for f in findings if f.state == "problem"), None)
    if problem is not None:
        return f"Grading does not work here yet. First, {problem.name}: {problem.advice}"
    names = [finding.name for finding in findings if finding.state == "warning"]
    return f"{ALL_WELL} It could be better: {', '.join(names)} (see !)." if names else ALL_WELL
