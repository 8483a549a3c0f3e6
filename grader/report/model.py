"""The report on one submission: a verdict for each criterion, and the cells that failed.

`Report.to_dict` defines the report's JSON, and `Report.from_dict` reads it back.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

from grader.rubric.model import Rubric

SCHEMA = "induction-lab-grader/report/1"
Outcome = Literal["passed", "partial", "failed", "errored", "blocked", "not_attempted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome of one criterion."""

    id: str
    function: str | None
    title: str
    outcome: Outcome
    points: float
    max_points: float
    bonus: bool = False
    feedback: str = ""
    hints: tuple[str, ...] = ()
    """Hints in order of detail, from a nudge to almost the solution."""
    misconception: str | None = None
    """Name of the known mistake that explains the answer."""
    explanation: str = ""
    """Background on the function, set if points were lost."""
    variant: str | None = None
    """Name of the accepted variant that the answer matches."""
    followed: bool = False
    """True if the answer earns credit because it is consistent with earlier wrong answers."""
    visibility: str = "visible"
    seconds: float = 0.0
    """Seconds that the student's code ran in the criterion's probes."""

    @property
    def hint(self) -> str:
        """The first hint, or an empty string."""
        return self.hints[0] if self.hints else ""

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as it stands in the report's JSON."""
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

    @classmethod
    def from_dict(cls, node: Mapping[str, Any]) -> Self:
        """Rebuild the grader's own verdict; an instructor's override of it is dropped."""
        machine = node.get("override", {}).get("machine", node)
        fields = {k: machine[k] for k in machine if k not in {"hint", "hints", "override"}}
        return cls(**fields, hints=tuple(machine["hints"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class CellError:
    """A cell that did not finish."""

    cell: int
    ename: str
    evalue: str
    traceback: str = ""
    """Traceback, limited to the student's own frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All results of one submission."""

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
    """Number of cells in the notebook."""
    seconds: float
    cell_errors: tuple[CellError, ...]
    notes: tuple[str, ...]
    environment: Mapping[str, Any]

    def only(self, name: str | None) -> "Report":
        """Return the report limited to one criterion or function; None selects everything."""
        if name is None:
            return self
        verdicts = tuple(v for v in self.verdicts if name in {v.id, v.function})
        total = sum(v.max_points for v in verdicts if not v.bonus)
        return replace(self, verdicts=verdicts, total=total)

    @property
    def public_environment(self) -> dict[str, Any]:
        """The environment without the seed of hidden models, which only the instructor may see."""
        secret = {"seed"} if self.environment.get("hidden_probes") else set()
        return {name: value for name, value in self.environment.items() if name not in secret}

    @property
    def notable_errors(self) -> tuple[CellError, ...]:
        """Cell errors, except a stub's NotImplementedError."""
        return tuple(e for e in self.cell_errors if e.ename != "NotImplementedError")

    @property
    def score(self) -> float:
        """Points earned, including bonus points."""
        return round(sum(verdict.points for verdict in self.verdicts), 4)

    @property
    def full_marks(self) -> bool:
        """True if no points within the total were lost."""
        return sum(v.points for v in self.verdicts if not v.bonus) >= self.total - 1e-9

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values; only ``seconds`` differ between two equal runs."""
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
                "errors": [asdict(error) for error in self.cell_errors],
            },
            "notes": list(self.notes),
            "environment": dict(self.environment),
        }

    @classmethod
    def from_dict(cls, node: Mapping[str, Any], rubric: Rubric) -> Self | None:
        """Rebuild a report from its JSON, or return None if it is incomplete.

        Args:
            node: The parsed JSON.
            rubric: The rubric that the submission was graded by, for its title.
        """
        try:
            submission, notebook = node["submission"], node["notebook"]
            return cls(
                status=node["status"],
                name=submission["name"],
                sha256=submission["sha256"],
                student=submission["student"],
                lab=node["rubric"]["lab"],
                lab_title=rubric.title,
                rubric_version=node["rubric"]["version"],
                rubric_sha256=node["rubric"]["sha256"],
                total=float(node["max_score"]),
                verdicts=tuple(Verdict.from_dict(criterion) for criterion in node["criteria"]),
                cells=notebook["cells"],
                seconds=float(notebook["seconds"]),
                cell_errors=tuple(CellError(**error) for error in notebook["errors"]),
                notes=tuple(node["notes"]),
                environment=node["environment"],
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return None
