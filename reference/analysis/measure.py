"""The analysis of one model, as values."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from grader.models import Head
from reference.analysis.ablations import Ablation, measure_ablations
from reference.analysis.compositions import Compositions, measure_compositions
from reference.analysis.cost import Cost, Stopwatch, peak_memory
from reference.analysis.scores import HeadScores, Scores, measure_scores
from reference.analysis.training import Formation, TrainingRun, follow
from reference.induction_heads import (
    Model,
    create_repeated_sequence,
    memory_budget,
    read_patterns,
    test_induction_accuracy,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is measured, and with what."""

    seq_len: int = 25
    """Length of one half of the repeated sequences."""
    n_samples: int = 10
    seed: int = 0
    """Of the previous-token scores' tokens and of the random heads."""
    budget_bytes: int = 2**29
    """What the activations of one forward pass may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The model that is analysed."""

    name: str
    kind: str
    n_layers: int
    n_heads: int
    d_model: int
    d_head: int
    d_vocab: int
    n_ctx: int
    device: str
    dtype: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The attention pattern of the best head by induction score, on the first sequence."""

    head: Head
    attention: Float[np.ndarray, "query_pos key_pos"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything the lab finds out about a model."""

    subject: Subject
    settings: Settings
    accuracy: float
    scores: Scores
    best_induction: tuple[HeadScores, ...]
    best_prev_token: tuple[HeadScores, ...]
    induction_heads: tuple[Head, ...]
    prev_token_heads: tuple[Head, ...]
    duplicate_token_heads: tuple[Head, ...]
    compositions: Compositions
    ablations: tuple[Ablation, ...]
    """The baseline first."""
    formation: Formation | None
    pattern: Pattern
    cost: Cost


def analyse(
    model: Model,
    name: str,
    settings: Settings,
    training: TrainingRun | None = None,
    watch: Stopwatch | None = None,
) -> Analysis:
    """Do the whole lab on a model.

    Args:
        model: The model.
        name: What to call it.
        settings: How much to measure.
        training: The training run to follow, of whichever model; early, as it may be missing.
        watch: Takes the time.

    Raises:
        ValueError: If the settings do not fit the model or the checkpoints.
    """
    watch = watch or Stopwatch()
    size = (settings.seq_len, settings.n_samples)
    with memory_budget(settings.budget_bytes):
        with watch.part("accuracy"):
            accuracy = test_induction_accuracy(model, *size)
        formation = None
        if training is not None:
            with watch.part("formation"):
                formation = follow(training, *size)
        with watch.part("scores"):
            scores = measure_scores(model, *size, settings.seed)
            pattern = best_pattern(model, scores, settings.seq_len)
        earlier, later = scores.prev_token_heads, scores.induction_heads
        with watch.part("composition"):
            compositions = measure_compositions(model, earlier, later)
        with watch.part("ablation"):
            groups = {"induction heads": later, "previous-token heads": earlier}
            ablations = measure_ablations(model, groups, *size, settings.seed)
    subject = describe(model, name)
    peak, whose = peak_memory(subject.device)
    return Analysis(
        subject=subject,
        settings=settings,
        accuracy=accuracy,
        scores=scores,
        best_induction=scores.best(scores.induction),
        best_prev_token=scores.best(scores.prev_token),
        induction_heads=later,
        prev_token_heads=earlier,
        duplicate_token_heads=scores.duplicate_token_heads,
        compositions=compositions,
        ablations=ablations,
        formation=formation,
        pattern=pattern,
        cost=Cost(
            seconds=watch.seconds,
            peak_bytes=peak,
            memory=whose,
            budget_bytes=settings.budget_bytes,
        ),
    )


def describe(model: Model, name: str) -> Subject:
    """Read a model's shape.

    Args:
        model: The model.
        name: What to call it.
    """
    cfg = model.cfg
    return Subject(
        name=name,
        kind=type(model).__name__,
        n_layers=cfg.n_layers,
        n_heads=cfg.n_heads,
        d_model=cfg.d_model,
        d_head=cfg.d_head,
        d_vocab=cfg.d_vocab,
        n_ctx=cfg.n_ctx,
        device=str(cfg.device),
        dtype=str(cfg.dtype).removeprefix("torch."),
    )


def best_pattern(model: Model, scores: Scores, seq_len: int) -> Pattern:
    """Read where the best head by induction score attends to, whether or not that is induction.

    Args:
        model: The model.
        scores: Its scores.
        seq_len: Length of one half of the sequence.
    """
    head = scores.best(scores.induction)[0].head
    tokens = create_repeated_sequence(seq_len, seed=0)
    kept = read_patterns(model, tokens, lambda pattern: pattern[0, head.head], [head.layer])
    return Pattern(head=head, attention=kept[head.layer].double().cpu().numpy())
