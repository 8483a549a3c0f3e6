"""Check kinds, one a file; each is a pure judgement on observed and expected values."""

from typing import Annotated

from pydantic import Field

from grader.checks.ablation import Causal, Direction
from grader.checks.base import DEFAULT_TOLERANCES, Evidence, Finding, Tolerance
from grader.checks.close import Close, Parts
from grader.checks.false_positives import Strays
from grader.checks.heatmap import Heatmap
from grader.checks.properties import Properties
from grader.checks.relation import Relation
from grader.checks.shape import Shape
from grader.checks.side_effects import SideEffects
from grader.checks.top_heads import TopHeads

Check = Annotated[
    Causal
    | Close
    | Direction
    | Heatmap
    | Parts
    | Properties
    | Relation
    | Shape
    | SideEffects
    | Strays
    | TopHeads,
    Field(discriminator="kind"),
]

__all__ = ["DEFAULT_TOLERANCES", "Check", "Evidence", "Finding", "Tolerance"]
