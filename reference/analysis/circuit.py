"""Measures the induction circuit: its composition, its ablation, and its formation in training."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from grader.models import Head
from reference.induction_heads import (
    Model,
    ablation_effects,
    compute_compositions,
    induction_formation,
)

BASELINE = "baseline"

HeadGroups = Mapping[str, tuple[Head, ...]]
"""Heads by the name of their group; a group may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanCompositions:
    """K-, Q- and V-composition, averaged over pairs of an earlier and a later head."""

    k: float | None
    q: float | None
    v: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compositions:
    """The K-composition of each previous-token head with each induction head."""

    sources: tuple[Head, ...]
    targets: tuple[Head, ...]
    k: Float[np.ndarray, "source target"]
    circuit: MeanCompositions
    """Means over the pairs of this table, None if there are none."""
    model: MeanCompositions
    """Means over all pairs of the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """The effect of zero-ablating one group of heads; its numbers are None for an empty group."""

    group: str
    control: bool
    """True if these are random heads in place of the group's."""
    heads: tuple[Head, ...]
    loss: float | None
    accuracy: float | None
    loss_change: float | None
    accuracy_change: float | None


class TrainingRun(NamedTuple):
    """A model at several moments of its training."""

    name: str
    checkpoints: Iterable[tuple[int, Model]]
    """Pairs of step and model, in the order of training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formation:
    """The best induction score in the course of training."""

    name: str
    steps: tuple[int, ...]
    scores: tuple[float, ...]
    """Best induction score at each step."""
    formed_at: int | None
    """Step at which induction has formed, None if it never does."""


def measure_compositions(
    model: Model, sources: tuple[Head, ...], targets: tuple[Head, ...]
) -> Compositions:
    """Compare the composition of some heads with that of all heads.

    Args:
        model: The model with the heads.
        sources: The heads that write.
        targets: The heads that read.
    """
    k, q, v = (compute_compositions(model, kind) for kind in ("K", "Q", "V"))
    earlier = _is_earlier(model.cfg.n_layers, model.cfg.n_heads)
    in_circuit = np.zeros_like(earlier)
    for source in sources:
        for target in targets:
            in_circuit[(*source, *target)] = earlier[(*source, *target)]
    table = [[k[(*source, *target)] for target in targets] for source in sources]
    return Compositions(
        sources=sources,
        targets=targets,
        k=np.array(table, dtype=float).reshape(len(sources), len(targets)),
        circuit=MeanCompositions(
            k=_mean(k, in_circuit), q=_mean(q, in_circuit), v=_mean(v, in_circuit)
        ),
        model=MeanCompositions(k=_mean(k, earlier), q=_mean(q, earlier), v=_mean(v, earlier)),
    )


def _is_earlier(
    n_layers: int, n_heads: int
) -> Bool[np.ndarray, "source_layer source_head target_layer target_head"]:
    """Return a mask of the pairs whose source lies in an earlier layer than their target."""
    layers = np.arange(n_layers)
    earlier = layers[:, None, None, None] < layers[None, None, :, None]
    return np.broadcast_to(earlier, (n_layers, n_heads, n_layers, n_heads)).copy()


def _mean(
    ratios: Float[np.ndarray, "source_layer source_head target_layer target_head"],
    pairs: Bool[np.ndarray, "source_layer source_head target_layer target_head"],
) -> float | None:
    return float(ratios[pairs].mean()) if pairs.any() else None


def measure_ablations(
    model: Model, groups: HeadGroups, seq_len: int, n_samples: int, seed: int
) -> tuple[Ablation, ...]:
    """Measure the model with nothing ablated, then without each group and its random control.

    Args:
        model: The model to measure.
        groups: The heads to ablate.
        seq_len: Length of one half of the repeated sequences.
        n_samples: Number of sequences.
        seed: Seed for the control heads.
    """
    rows = [(BASELINE, False, ()), *_groups_and_controls(model, groups, seed)]
    to_ablate = {_row_name(name, control): list(heads) for name, control, heads in rows if heads}
    effects = ablation_effects(model, to_ablate, seq_len, n_samples)
    base_loss, base_accuracy = effects[BASELINE]
    ablations = []
    for name, control, heads in rows:
        loss, accuracy = effects.get(_row_name(name, control), (None, None))
        ablations.append(
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
    return tuple(ablations)


def sample_control_heads(model: Model, groups: HeadGroups, n: int, seed: int) -> tuple[Head, ...]:
    """Sample `n` heads that are in no group; return none if fewer than `n` are left."""
    taken = {head for heads in groups.values() for head in heads}
    every = (Head(*head) for head in np.ndindex(model.cfg.n_layers, model.cfg.n_heads))
    left = [head for head in every if head not in taken]
    if len(left) < n:
        return ()
    order = np.random.default_rng(seed).permutation(len(left))[:n]
    return tuple(sorted(left[i] for i in order))


def _groups_and_controls(
    model: Model, groups: HeadGroups, seed: int
) -> Iterator[tuple[str, bool, tuple[Head, ...]]]:
    """Yield each group, followed by its control if the group is not empty."""
    for name, heads in groups.items():
        yield name, False, heads
        if heads:
            yield name, True, sample_control_heads(model, groups, len(heads), seed)


def _row_name(group: str, control: bool) -> str:  # noqa: FBT001 (a column of the table)
    return f"{group}, random heads" if control else group


def measure_formation(run: TrainingRun, seq_len: int, n_samples: int) -> Formation:
    """Measure the best induction score of each checkpoint of a training run.

    Args:
        run: The training run; its checkpoints are loaded one at a time.
        seq_len: Length of one half of the repeated sequences.
        n_samples: Number of sequences for each checkpoint.

    Raises:
        ValueError: If the sequences do not fit the checkpoints, or there are none.
    """
    steps: list[int] = []

    def models() -> Iterator[Model]:
        for step, model in run.checkpoints:
            steps.append(step)
            yield model

    try:
        scores, formed = induction_formation(models(), seq_len, n_samples)
    except ValueError as error:
        raise ValueError(f"checkpoints {run.name}: {error}") from error
    return Formation(
        name=run.name,
        steps=tuple(steps),
        scores=tuple(scores.tolist()),
        formed_at=None if formed < 0 else steps[formed],
    )
