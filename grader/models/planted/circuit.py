"""Which heads of a planted model do what: the ground truth every score is held against."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import torch

EARLY_LAYERS = 4
"""Previous-token heads lie below this layer; one at or above it is a trap."""


class Head(NamedTuple):
    """One attention head, named the way the field names it."""

    layer: int
    head: int

    def __str__(self) -> str:
        return f"L{self.layer}H{self.head}"


class Kind(StrEnum):
    """What a planted head attends to."""

    PREVIOUS_TOKEN = "previous-token"  # noqa: S105
    INDUCTION = "induction"
    PARTIAL_INDUCTION = "partial induction"
    LATE_PREVIOUS_TOKEN = "late previous-token"  # noqa: S105
    DUPLICATE_TOKEN = "duplicate-token"  # noqa: S105
    FIRST_POSITION = "first-position"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedHead:
    """A head, its kind, and how sharply it attends."""

    head: Head
    kind: Kind
    sharpness: float
    """The share of its attention that the head gives to its target, on repeated random tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedCircuit:
    """Everything that is known in advance about a planted model."""

    n_layers: int
    n_heads: int
    heads: tuple[PlantedHead, ...]
    muted: float
    """The share of the vocabulary that another token outshines: the model is wrong on these."""

    @property
    def induction(self) -> tuple[Head, ...]:
        """The strong induction heads, sharpest first."""
        return self.of(Kind.INDUCTION)

    @property
    def partial_induction(self) -> tuple[Head, ...]:
        """Heads whose induction score lies between 0.05 and 0.15."""
        return self.of(Kind.PARTIAL_INDUCTION)

    @property
    def previous_token(self) -> tuple[Head, ...]:
        """The early heads that the induction heads compose with, sharpest first."""
        return self.of(Kind.PREVIOUS_TOKEN)

    @property
    def late_previous_token(self) -> tuple[Head, ...]:
        """Heads that attend to the previous token too late to be part of the circuit."""
        return self.of(Kind.LATE_PREVIOUS_TOKEN)

    @property
    def duplicate_token(self) -> tuple[Head, ...]:
        """Heads that attend to the earlier occurrence of their own token."""
        return self.of(Kind.DUPLICATE_TOKEN)

    @property
    def first_position(self) -> tuple[Head, ...]:
        """Heads that rest on position 0."""
        return self.of(Kind.FIRST_POSITION)

    @property
    def generic(self) -> tuple[Head, ...]:
        """The heads that are noise and nothing else."""
        planted = {row.head for row in self.heads}
        return tuple(h for h in _every_head(self.n_layers, self.n_heads) if h not in planted)

    def of(self, kind: Kind) -> tuple[Head, ...]:
        """The heads of one kind, sharpest first."""
        return tuple(row.head for row in self.heads if row.kind is kind)


class _Row(NamedTuple):
    """How many heads of a kind are planted, where, and how sharp they are."""

    kind: Kind
    most: int
    layers: range
    blunt: float
    sharp: float
    part: int
    """No more than one in this many of the free heads is taken."""
    least: int = 0


def is_public(seed: int, n_layers: int, n_heads: int) -> bool:
    """Whether this is the one planted model whose circuit is no secret."""
    return (seed, n_layers, n_heads) == (0, 12, 12)


def draw_circuit(seed: int, n_layers: int, n_heads: int) -> PlantedCircuit:
    """Draw where the heads of a circuit lie, and how sharp each of them is.

    Args:
        seed: The same seed and shape give the same circuit.
        n_layers: At least 2: induction takes two steps.
        n_heads: Heads in each layer; a small model holds fewer heads of each kind.
    """
    generator = torch.Generator(device="cpu").manual_seed(seed)
    free = _every_head(n_layers, n_heads)
    heads: list[PlantedHead] = []
    for row in _rows(n_layers):
        slots = [head for head in free if head.layer in row.layers]
        n = min(row.most, max(row.least, len(slots) // row.part))
        if not is_public(seed, n_layers, n_heads) and n > row.most // 3:
            n -= int(torch.randint(row.most // 3 + 1, (), generator=generator, device="cpu"))
        order = torch.randperm(len(slots), generator=generator, device="cpu").tolist()
        drawn = [slots[i] for i in order[: max(n, row.least)]]
        heads += [
            PlantedHead(head=head, kind=row.kind, sharpness=sharpness)
            for head, sharpness in zip(drawn, _spread(row, len(drawn), generator), strict=True)
        ]
        free = [head for head in free if head not in drawn]
    muted = 0.12 + 0.12 * _uniform(generator)
    return PlantedCircuit(
        n_layers=n_layers,
        n_heads=n_heads,
        heads=tuple(heads),
        muted=0.022 if is_public(seed, n_layers, n_heads) else muted,
    )


def _rows(n_layers: int) -> tuple[_Row, ...]:
    early = min(EARLY_LAYERS, max(1, n_layers // 3))
    middle = range(early, max(early + 1, (2 * n_layers + 2) // 3))
    late = range(EARLY_LAYERS, n_layers)
    anywhere = range(n_layers)
    return (
        _Row(Kind.PREVIOUS_TOKEN, 3, range(early), 0.50, 0.98, 2, least=1),
        _Row(Kind.INDUCTION, 6, middle, 0.27, 0.98, 2, least=1),
        _Row(Kind.PARTIAL_INDUCTION, 2, middle, 0.06, 0.12, 4),
        _Row(Kind.LATE_PREVIOUS_TOKEN, 1, late, 0.45, 0.70, 4),
        _Row(Kind.DUPLICATE_TOKEN, 2, anywhere, 0.50, 0.95, 8),
        _Row(Kind.FIRST_POSITION, 3, anywhere, 0.50, 0.95, 8),
    )


def _spread(row: _Row, n: int, generator: torch.Generator) -> list[float]:
    """From sharp to blunt in n steps of uneven height, more of them near the sharp end."""
    steps = max(n - 0.4, 1.6)
    shares = [((i + 0.3 * _uniform(generator)) / steps) ** 1.3 for i in range(n)]
    return [row.sharp - (row.sharp - row.blunt) * share for share in shares]


def _uniform(generator: torch.Generator) -> float:
    return float(torch.rand((), generator=generator, dtype=torch.float64, device="cpu"))


def _every_head(n_layers: int, n_heads: int) -> list[Head]:
    return [Head(layer, head) for layer in range(n_layers) for head in range(n_heads)]
