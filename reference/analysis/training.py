"""When in a training run induction forms."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from reference.induction_heads import Model, induction_formation


class TrainingRun(NamedTuple):
    """A model at moments of its training."""

    name: str
    checkpoints: Iterable[tuple[int, Model]]
    """The step and the model, in the order of training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formation:
    """The best induction head through training."""

    name: str
    steps: tuple[int, ...]
    scores: tuple[float, ...]
    """The best induction score at each step."""
    formed_at: int | None
    """The step at which induction has formed, None if it never does."""


def follow(run: TrainingRun, seq_len: int, n_samples: int) -> Formation:
    """Measure each checkpoint as it comes.

    Args:
        run: The training run.
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
