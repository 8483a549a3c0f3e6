"""What ablating the circuit costs, beside ablating as many heads that are no part of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.models import Head
from reference.induction_heads import Model, ablation_effects

BASELINE = "baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """One group of heads, zero-ablated; None stands for what an empty group has not."""

    group: str
    control: bool
    """Whether these are random heads in place of the group's."""
    heads: tuple[Head, ...]
    loss: float | None
    accuracy: float | None
    loss_change: float | None
    accuracy_change: float | None


def measure_ablations(
    model: Model,
    groups: dict[str, tuple[Head, ...]],
    seq_len: int,
    n_samples: int,
    seed: int,
) -> tuple[Ablation, ...]:
    """Ablate nothing, then each group, then as many random heads.

    Args:
        model: The model.
        groups: Heads by the name of their group; a group may be empty.
        seq_len: Length of one half of the repeated sequences.
        n_samples: Number of sequences.
        seed: What the random heads are drawn with.
    """
    rows = [(BASELINE, False, ()), *_rows(model, groups, seed)]
    cut = {_key(name, control): list(heads) for name, control, heads in rows if heads}
    effects = ablation_effects(model, cut, seq_len, n_samples)
    base_loss, base_accuracy = effects[BASELINE]
    found = []
    for name, control, heads in rows:
        loss, accuracy = effects.get(_key(name, control), (None, None))
        found.append(
            Ablation(
                group=name,
                control=control,
                heads=heads,
                loss=loss,
                accuracy=accuracy,
                loss_change=None if loss is None else loss - base_loss,
                accuracy_change=None if accuracy is None else accuracy - base_accuracy,
            )
        )
    return tuple(found)


def draw_control(
    model: Model, groups: dict[str, tuple[Head, ...]], n: int, seed: int
) -> tuple[Head, ...]:
    """Draw heads that are in no group; none where fewer than asked for are left.

    Args:
        model: The model.
        groups: The heads to keep away from.
        n: How many to draw.
        seed: The same seed draws the same heads.
    """
    taken = {head for heads in groups.values() for head in heads}
    every = (Head(*head) for head in np.ndindex(model.cfg.n_layers, model.cfg.n_heads))
    left = [head for head in every if head not in taken]
    if len(left) < n:
        return ()
    order = np.random.default_rng(seed).permutation(len(left))[:n]
    return tuple(sorted(left[i] for i in order))


def _rows(
    model: Model, groups: dict[str, tuple[Head, ...]], seed: int
) -> Iterator[tuple[str, bool, tuple[Head, ...]]]:
    """Each group, followed by its control if it is not empty."""
    for name, heads in groups.items():
        yield name, False, heads
        if heads:
            yield name, True, draw_control(model, groups, len(heads), seed)


def _key(group: str, control: bool) -> str:  # noqa: FBT001 (a column of the table)
    return f"{group}, random heads" if control else group
