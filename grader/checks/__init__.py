"""Check kinds, one a file; each is a pure judgement on observed and expected values."""

from typing import Annotated

from pydantic import Field

from grader.checks.causal import Causal
from grader.checks.close import Close
from grader.checks.direction import Direction
from grader.checks.evidence import Evidence, Finding
from grader.checks.heatmap import Heatmap
from grader.checks.parts import Parts
from grader.checks.properties import Properties
from grader.checks.relation import Relation
from grader.checks.shape import Shape
from grader.checks.side_effects import SideEffects
from grader.checks.strays import Strays
from grader.checks.tolerance import DEFAULT_TOLERANCES, Tolerance
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
