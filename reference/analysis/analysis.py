"""Analyses one model: loads it, measures everything the lab asks for, and records the cost."""

import io
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from transformers.utils import logging

from grader.errors import KernelError
from grader.models import Head, load_bridge, load_checkpoints, load_model, resolve_device
from reference.analysis.args import Options, Settings
from reference.analysis.circuit import (
    Ablation,
    Compositions,
    Formation,
    TrainingRun,
    measure_ablations,
    measure_compositions,
    measure_formation,
)
from reference.analysis.head_scores import HeadScores, Scores, measure_scores
from reference.induction_heads import (
    Model,
    create_repeated_sequence,
    memory_budget,
    read_patterns,
    test_induction_accuracy,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Name, class, sizes and location of the analysed model."""

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
class Cost:
    """Time and memory that an analysis took."""

    seconds: dict[str, float]
    """Seconds by part, in the order the parts ran."""
    peak_bytes: int | None
    """Peak memory, None if it is unknown."""
    memory: str
    """Name of the memory whose peak it is: the process's or the device's."""
    budget_bytes: int
    """Memory that the activations of one forward pass were allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything that the lab measures on a model."""

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
    """Effects of ablation, the baseline first."""
    formation: Formation | None
    pattern: Pattern
    cost: Cost


class Stopwatch:
    """Measures the seconds that each part of an analysis takes."""

    def __init__(self, announce: Callable[[str], None] | None = None) -> None:
        """Start with no parts.

        Args:
            announce: Called with each part's name when it begins.
        """
        self.seconds: dict[str, float] = {}
        self._announce = announce

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time the `with` block under this name."""
        if self._announce is not None:
            self._announce(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start


def run_analysis(options: Options, announce: Callable[[str], None]) -> Analysis:
    """Load the model that the options name, and analyse it.

    Args:
        options: The command's options, validated.
        announce: Called with the name of each part when it begins.

    Raises:
        ValueError: If the options do not fit the model.
        KernelError: If there is no such model or device here, or it has too little memory.
    """
    stopwatch = Stopwatch(announce)
    device = resolve_device(options.device)
    _reset_peak_memory(device)
    try:
        with _silence_libraries():
            with stopwatch.part("model"):
                load = load_bridge if options.bridge else load_model
                model = _to_dtype(load(options.model, device), options.dtype)
            training = _open_training_run(options, device)
            return analyse(model, options.model, options.settings, training, stopwatch)
    except torch.cuda.OutOfMemoryError as error:
        raise KernelError(f"{device} has too little memory: try a smaller --memory") from error


def analyse(
    model: Model,
    name: str,
    settings: Settings,
    training: TrainingRun | None = None,
    stopwatch: Stopwatch | None = None,
) -> Analysis:
    """Do the whole lab on a model.

    Args:
        model: The model to analyse.
        name: Its name in the output.
        settings: Size and seed of the measurements.
        training: A training run to follow, of any model. It is measured early, as its weights may
            be missing.
        stopwatch: Times the parts.

    Raises:
        ValueError: If the settings do not fit the model or the checkpoints.
    """
    stopwatch = stopwatch or Stopwatch()
    size = (settings.seq_len, settings.n_samples)
    with memory_budget(settings.budget_bytes):
        with stopwatch.part("accuracy"):
            accuracy = test_induction_accuracy(model, *size)
        formation = None
        if training is not None:
            with stopwatch.part("formation"):
                formation = measure_formation(training, *size)
        with stopwatch.part("scores"):
            scores = measure_scores(model, *size, settings.seed)
            pattern = _best_pattern(model, scores, settings.seq_len)
        earlier, later = scores.prev_token_heads, scores.induction_heads
        with stopwatch.part("composition"):
            compositions = measure_compositions(model, earlier, later)
        with stopwatch.part("ablation"):
            groups = {"induction heads": later, "previous-token heads": earlier}
            ablations = measure_ablations(model, groups, *size, settings.seed)
    return Analysis(
        subject=_describe_model(model, name),
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
        cost=_total_cost(str(model.cfg.device), stopwatch, settings),
    )


def _describe_model(model: Model, name: str) -> Subject:
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


def _best_pattern(model: Model, scores: Scores, seq_len: int) -> Pattern:
    """Read the pattern of the best head by induction score, even if that score is low."""
    head = scores.best(scores.induction)[0].head
    tokens = create_repeated_sequence(seq_len, seed=0)
    patterns = read_patterns(model, tokens, lambda pattern: pattern[0, head.head], [head.layer])
    return Pattern(head=head, attention=patterns[head.layer].double().cpu().numpy())


def _open_training_run(options: Options, device: str) -> TrainingRun | None:
    """Return the training run to follow; each checkpoint is loaded when it is reached."""
    name = options.checkpoints
    if name is None:
        return None

    def checkpoints() -> Iterator[tuple[int, Model]]:
        for step, model in load_checkpoints(name, device):
            yield step, _to_dtype(model, options.dtype)

    return TrainingRun(name, checkpoints())


def _to_dtype(model: Model, dtype: str) -> Model:
    return model.to(getattr(torch, dtype), print_details=False)


def _total_cost(device: str, stopwatch: Stopwatch, settings: Settings) -> Cost:
    peak_bytes, memory = _peak_memory(device)
    return Cost(
        seconds=stopwatch.seconds,
        peak_bytes=peak_bytes,
        memory=memory,
        budget_bytes=settings.budget_bytes,
    )


def _reset_peak_memory(device: str) -> None:
    """Reset the peak memory of a CUDA device; that of a process cannot be reset."""
    if device.startswith("cuda"):
        torch.cuda.init()  # resetting does not start CUDA, and fails where it has not started
        torch.cuda.reset_peak_memory_stats(device)


def _peak_memory(device: str) -> tuple[int | None, str]:
    """Return the peak memory in bytes, None if unknown, and the name of that memory."""
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated(device), f"torch on {device}"
    name = "the whole process"
    try:
        import resource  # noqa: PLC0415 (Windows has none)
    except ImportError:
        return None, name
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (peak if sys.platform == "darwin" else 1024 * peak), name  # Linux counts in KiB


@contextmanager
def _silence_libraries() -> Iterator[None]:
    """Suppress the progress bars, warnings and prints of the libraries."""
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped upstream
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
