"""What a submission earned and why: verdicts, and the report that gathers them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from grader.rubric.model import Rubric

# MERGED: A report that was written earlier, read back as the machine found it.
SCHEMA = "induction-lab-grader/report/1"
Outcome = Literal["passed", "partial", "failed", "errored", "blocked", "not_attempted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One criterion's outcome."""

    id: str
    function: str | None
    title: str
    outcome: Outcome
    points: float
    max_points: float
    bonus: bool = False
    feedback: str = ""
    hints: tuple[str, ...] = ()
    """From a nudge to nearly the solution."""
    misconception: str | None = None
    explanation: str = ""
    """What its function is about, where points were lost."""
    variant: str | None = None
    followed: bool = False
    """Whether it counts because it follows from earlier answers that lost points."""
    visibility: str = "visible"
    seconds: float = 0.0
    """How long the student's code took in its probes."""

    @property
    def hint(self) -> str:
        """The first hint."""
        return self.hints[0] if self.hints else ""

    def to_dict(self) -> dict[str, Any]:
        """As in the report's JSON."""
        return {
            "id": self.id,
            "function": self.function,
            "title": self.title,
            "outcome": self.outcome,
            "points": self.points,
            "max_points": self.max_points,
            "bonus": self.bonus,
            "feedback": self.feedback,
            "hint": self.hint,
            "hints": list(self.hints),
            "misconception": self.misconception,
            "explanation": self.explanation,
            "variant": self.variant,
            "followed": self.followed,
            "visibility": self.visibility,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTrouble:
    """A cell that did not run to its end."""

    cell: int
    ename: str
    evalue: str
    traceback: str = ""
    """Where in the student's own code it happened; frames of libraries are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything there is to say about one submission."""

    status: Literal["graded", "partial", "ungradable"]
    name: str
    sha256: str
    student: str | None
    lab: str
    lab_title: str
    rubric_version: str
    rubric_sha256: str
    total: float
    verdicts: tuple[Verdict, ...]
    cells: int
    seconds: float
    troubles: tuple[CellTrouble, ...]
    notes: tuple[str, ...]
    environment: Mapping[str, Any]

    def about(self, name: str | None) -> "Report":
        """The same report on one criterion or function alone."""
        if name is None:
            return self
        verdicts = tuple(v for v in self.verdicts if name in {v.id, v.function})
        total = sum(v.max_points for v in verdicts if not v.bonus)
        return replace(self, verdicts=verdicts, total=total)

    @property
    def shown_environment(self) -> dict[str, Any]:
        """The environment for everyone's eyes: a secret seed stays in the instructor's record."""
        secret = {"seed"} if self.environment.get("hidden_probes") else set()
        return {name: value for name, value in self.environment.items() if name not in secret}

    @property
    def telling_troubles(self) -> tuple[CellTrouble, ...]:
        """Cells that did not run to their end; a stub's NotImplementedError is no news."""
        return tuple(t for t in self.troubles if t.ename != "NotImplementedError")

    @property
    def score(self) -> float:
        """Points earned, bonus included."""
        return round(sum(verdict.points for verdict in self.verdicts), 4)

    @property
    def full_marks(self) -> bool:
        """Whether no point within the total was lost."""
        return sum(v.points for v in self.verdicts if not v.bonus) >= self.total - 1e-9

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON; apart from ``seconds`` the same notebook gives the same bytes."""
        return {
            "schema": SCHEMA,
            "status": self.status,
            "score": self.score,
            "max_score": self.total,
            "submission": {"name": self.name, "sha256": self.sha256, "student": self.student},
            "rubric": {
                "lab": self.lab,
                "version": self.rubric_version,
                "sha256": self.rubric_sha256,
            },
            "criteria": [verdict.to_dict() for verdict in self.verdicts],
            "notebook": {
                "cells": self.cells,
                "seconds": round(self.seconds, 3),
                "errors": [asdict(trouble) for trouble in self.troubles],
            },
            "notes": list(self.notes),
            "environment": dict(self.environment),
        }


def past_report(node: Mapping[str, Any], rubric: Rubric) -> Report | None:
    """The report that `Report.to_dict` gave; None where a part of it is missing.

    Args:
        node: The JSON.
        rubric: The one it was graded by.
    """
    try:
        submission, noted = node["submission"], node["notebook"]
        return Report(
            status=node["status"],
            name=submission["name"],
            sha256=submission["sha256"],
            student=submission["student"],
            lab=node["rubric"]["lab"],
            lab_title=rubric.title,
            rubric_version=node["rubric"]["version"],
            rubric_sha256=node["rubric"]["sha256"],
            total=float(node["max_score"]),
            verdicts=tuple(_verdict(one) for one in node["criteria"]),
            cells=noted["cells"],
            seconds=float(noted["seconds"]),
            troubles=tuple(CellTrouble(**trouble) for trouble in noted["errors"]),
            notes=tuple(node["notes"]),
            environment=node["environment"],
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _verdict(node: Mapping[str, Any]) -> Verdict:
    """The machine's, where an instructor has set another."""
    found = node.get("override", {}).get("machine", node)
    kept = {name: found[name] for name in found if name not in {"hint", "hints", "override"}}
    return Verdict(**kept, hints=tuple(found["hints"]))
