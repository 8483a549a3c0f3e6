"""Chart specifications: which answers the report draws for a criterion, and how."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=80)]
_Caption = Annotated[str, Field(max_length=200)]


class _Plan(BaseModel):
    """Base class of the specifications of charts."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    title: _Caption
    """Title of the chart, in a few words."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes whose answers the chart shows."""
        raise NotImplementedError


class HeatmapSpec(_Plan):
    """A matrix: the student's, the expected one and the difference, on one scale."""

    kind: Literal["heatmap"]
    probe: _Name
    """Probe with the matrix."""
    axes: tuple[str, str] = ("row", "column")
    """Names of rows and columns; with ``[layer, head]``, entries are called ``L5H1``."""
    marked: _Name | None = None
    """Probe with heads to mark in the matrix."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes of the matrix and of the marked heads."""
        return (self.probe, self.marked) if self.marked else (self.probe,)


class PatternSpec(_Plan):
    """A head's attention pattern, with the places that a head of its kind attends to."""

    kind: Literal["pattern"]
    probe: _Name
    """Probe with the attention pattern."""
    stripe: Literal["induction", "previous_token"]
    """Kind of head, which decides the places, on a repeated sequence."""
    head: _Name | None = None
    """Probe with heads: the pattern is that of the first one."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes of the pattern and of its head."""
        return (self.probe, self.head) if self.head else (self.probe,)


class BarsSpec(_Plan):
    """Numbers side by side: the student's and the expected ones."""

    kind: Literal["bars"]
    values: Annotated[Mapping[str, _Name], Field(max_length=24)] = {}
    """Probes with one number each, by label; without them, ``probe`` gives all numbers."""
    probe: _Name | None = None
    """Probe with several numbers."""
    labels: Annotated[tuple[str, ...], Field(max_length=24)] = ()
    """Labels of the numbers of ``probe``; a dict has its own."""
    part: int | None = None
    """Index of the number to draw, if each answer has several, such as ``(loss, accuracy)``."""
    unit: str = ""
    """Name and unit of the numbers."""

    def probes(self) -> tuple[str, ...]:
        """Return the probes of all numbers."""
        return (*dict.fromkeys(self.values.values()), *([self.probe] if self.probe else []))


class TokensSpec(_Plan):
    """A sequence of tokens in two rows, its halves; equal tokens have equal colours."""

    kind: Literal["tokens"]
    probe: _Name
    """Probe with the sequence."""

    def probes(self) -> tuple[str, ...]:
        """Return the probe of the sequence."""
        return (self.probe,)


ChartSpec = Annotated[
    HeatmapSpec | PatternSpec | BarsSpec | TokensSpec, Field(discriminator="kind")
]
