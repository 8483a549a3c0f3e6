"""What a criterion's picture shows: a rubric's plan of it, as data."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=80)]
_Caption = Annotated[str, Field(max_length=200)]


class _Plan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    title: _Caption
    """What is to be seen, in a few words."""

    def probes(self) -> tuple[str, ...]:
        """The probes whose answers it shows."""
        raise NotImplementedError


class HeatmapPlan(_Plan):
    """A matrix: the student's, the expected one and the difference, on one scale."""

    kind: Literal["heatmap"]
    probe: _Name
    axes: tuple[str, str] = ("row", "column")
    """What rows and columns are; of ``[layer, head]`` entries are called ``L5H1``."""
    marked: _Name | None = None
    """A probe that gives heads, to be marked in the matrix."""

    def probes(self) -> tuple[str, ...]:
        """The matrix, and what is marked in it."""
        return (self.probe, self.marked) if self.marked else (self.probe,)


class PatternPlan(_Plan):
    """A head's attention pattern, with the places that a head of its kind attends to."""

    kind: Literal["pattern"]
    probe: _Name
    stripe: Literal["induction", "previous_token"]
    """Where those places are, on a sequence that comes twice."""
    head: _Name | None = None
    """A probe that gives heads: the first is the one shown, and named."""

    def probes(self) -> tuple[str, ...]:
        """The pattern, and whose it is."""
        return (self.probe, self.head) if self.head else (self.probe,)


class BarsPlan(_Plan):
    """Some numbers side by side: the student's and the expected ones."""

    kind: Literal["bars"]
    values: Annotated[Mapping[str, _Name], Field(max_length=24)] = {}
    """Labels to probes that give a number each; without them ``probe`` gives all."""
    probe: _Name | None = None
    labels: Annotated[tuple[str, ...], Field(max_length=24)] = ()
    """Of its numbers; a dict has its own."""
    part: int | None = None
    """Which number of each answer, where an answer is several, such as ``(loss, accuracy)``."""
    unit: str = ""
    """What the numbers are."""

    def probes(self) -> tuple[str, ...]:
        """Whatever gives a number."""
        return (*dict.fromkeys(self.values.values()), *([self.probe] if self.probe else []))


class TokensPlan(_Plan):
    """A sequence of tokens in two rows, its halves; equal tokens have equal colours."""

    kind: Literal["tokens"]
    probe: _Name

    def probes(self) -> tuple[str, ...]:
        """The sequence."""
        return (self.probe,)


Illustration = Annotated[
    HeatmapPlan | PatternPlan | BarsPlan | TokensPlan, Field(discriminator="kind")
]
