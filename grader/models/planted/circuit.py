"""Samples a planted circuit: the role of each head, which is the ground truth for every score."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import torch

EARLY_LAYERS = 4
"""Previous-token heads lie below this layer; one at or above it is a trap for students."""


class Head(NamedTuple):
    """One attention head, printed as in L5H1."""

    layer: int
    head: int

    def __str__(self) -> str:
        return f"L{self.layer}H{self.head}"


class HeadKind(StrEnum):
    """Kinds of planted heads, by the position that they attend to."""

    PREVIOUS_TOKEN = "previous-token"  # noqa: S105
    INDUCTION = "induction"
    PARTIAL_INDUCTION = "partial induction"
    LATE_PREVIOUS_TOKEN = "late previous-token"  # noqa: S105
    DUPLICATE_TOKEN = "duplicate-token"  # noqa: S105
    FIRST_POSITION = "first-position"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedHead:
    """A planted head, its kind, and how sharply it attends."""

    head: Head
    kind: HeadKind
    sharpness: float
    """Share of its attention that the head gives to its target, on repeated random tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedCircuit:
    """The ground truth about a planted model: the role of every head."""

    n_layers: int
    n_heads: int
    heads: tuple[PlantedHead, ...]
    silenced: float
    """Share of the vocabulary whose logit a rival exceeds: the model mispredicts these tokens."""

    @property
    def induction(self) -> tuple[Head, ...]:
        """Strong induction heads, sharpest first."""
        return self.of_kind(HeadKind.INDUCTION)

    @property
    def partial_induction(self) -> tuple[Head, ...]:
        """Heads whose induction score lies between 0.05 and 0.15."""
        return self.of_kind(HeadKind.PARTIAL_INDUCTION)

    @property
    def previous_token(self) -> tuple[Head, ...]:
        """Early heads that the induction heads compose with, sharpest first."""
        return self.of_kind(HeadKind.PREVIOUS_TOKEN)

    @property
    def late_previous_token(self) -> tuple[Head, ...]:
        """Heads that attend to the previous token too late to be part of the circuit."""
        return self.of_kind(HeadKind.LATE_PREVIOUS_TOKEN)

    @property
    def duplicate_token(self) -> tuple[Head, ...]:
        """Heads that attend to the earlier occurrence of their own token."""
        return self.of_kind(HeadKind.DUPLICATE_TOKEN)

    @property
    def first_position(self) -> tuple[Head, ...]:
        """Heads that attend to position 0."""
        return self.of_kind(HeadKind.FIRST_POSITION)

    @property
    def generic(self) -> tuple[Head, ...]:
        """Heads that were not planted and consist of noise."""
        planted = {row.head for row in self.heads}
        return tuple(h for h in _every_head(self.n_layers, self.n_heads) if h not in planted)

    def of_kind(self, kind: HeadKind) -> tuple[Head, ...]:
        """Return the heads of one kind, sharpest first."""
        return tuple(row.head for row in self.heads if row.kind is kind)


class _HeadSpec(NamedTuple):
    """Number, layers and sharpness of the planted heads of one kind."""

    kind: HeadKind
    max_count: int
    layers: range
    min_sharpness: float
    max_sharpness: float
    one_in: int
    """At most one in this many of the free heads is planted."""
    min_count: int = 0


def is_public(seed: int, n_layers: int, n_heads: int) -> bool:
    """Return True for the one planted model whose circuit is public."""
    return (seed, n_layers, n_heads) == (0, 12, 12)


def sample_circuit(seed: int, n_layers: int, n_heads: int) -> PlantedCircuit:
    """Sample the positions of a circuit's heads and the sharpness of each.

    Args:
        seed: The same seed and shape give the same circuit.
        n_layers: At least 2, because induction takes two layers.
        n_heads: Heads in each layer; a small model has fewer heads of each kind.
    """
    generator = torch.Generator(device="cpu").manual_seed(seed)
    free = _every_head(n_layers, n_heads)
    heads: list[PlantedHead] = []
    for spec in _head_specs(n_layers):
        slots = [head for head in free if head.layer in spec.layers]
        n = min(spec.max_count, max(spec.min_count, len(slots) // spec.one_in))
        if not is_public(seed, n_layers, n_heads) and n > spec.max_count // 3:
            fewer = torch.randint(spec.max_count // 3 + 1, (), generator=generator, device="cpu")
            n -= int(fewer)
        order = torch.randperm(len(slots), generator=generator, device="cpu").tolist()
        chosen = [slots[i] for i in order[: max(n, spec.min_count)]]
        sharpnesses = _spread_evenly(spec, len(chosen), generator)
        heads += [
            PlantedHead(head=head, kind=spec.kind, sharpness=sharpness)
            for head, sharpness in zip(chosen, sharpnesses, strict=True)
        ]
        free = [head for head in free if head not in chosen]
    silenced = 0.12 + 0.12 * _uniform(generator)
    return PlantedCircuit(
        n_layers=n_layers,
        n_heads=n_heads,
        heads=tuple(heads),
        silenced=0.022 if is_public(seed, n_layers, n_heads) else silenced,
    )


def _head_specs(n_layers: int) -> tuple[_HeadSpec, ...]:
    """Return the specification of each kind of head, in the order in which heads are planted."""
    early = min(EARLY_LAYERS, max(1, n_layers // 3))
    middle = range(early, max(early + 1, (2 * n_layers + 2) // 3))
    late = range(EARLY_LAYERS, n_layers)
    anywhere = range(n_layers)
    return (
        _HeadSpec(HeadKind.PREVIOUS_TOKEN, 3, range(early), 0.50, 0.98, 2, min_count=1),
        _HeadSpec(HeadKind.INDUCTION, 6, middle, 0.27, 0.98, 2, min_count=1),
        _HeadSpec(HeadKind.PARTIAL_INDUCTION, 2, middle, 0.06, 0.12, 4),
        _HeadSpec(HeadKind.LATE_PREVIOUS_TOKEN, 1, late, 0.45, 0.70, 4),
        _HeadSpec(HeadKind.DUPLICATE_TOKEN, 2, anywhere, 0.50, 0.95, 8),
        _HeadSpec(HeadKind.FIRST_POSITION, 3, anywhere, 0.50, 0.95, 8),
    )


def _spread_evenly(spec: _HeadSpec, n: int, generator: torch.Generator) -> list[float]:
    """Return n values from sharp to blunt with some jitter, more of them near the sharp end."""
    steps = max(n - 0.4, 1.6)
    shares = [((i + 0.3 * _uniform(generator)) / steps) ** 1.3 for i in range(n)]
    width = spec.max_sharpness - spec.min_sharpness
    return [spec.max_sharpness - width * share for share in shares]


def _uniform(generator: torch.Generator) -> float:
    return float(torch.rand((), generator=generator, dtype=torch.float64, device="cpu"))


def _every_head(n_layers: int, n_heads: int) -> list[Head]:
    return [Head(layer, head) for layer in range(n_layers) for head in range(n_heads)]
