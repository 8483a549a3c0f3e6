"""Builds the driver's job from a rubric and a submission: cells to run, probes to evaluate."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from grader.protocol.model_names import is_synthetic, is_training_run
from grader.protocol.values import Recording
from grader.rubric.hidden_models import derive_kernel_seed, sample_models
from grader.rubric.model import Rubric
from grader.rubric.sections import Limits, Probe
from grader.submission.read import Submission
from grader.submission.source import (
    defined_names,
    extract_definitions,
    find_stubs,
    remove_install_lines,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSpec:
    """A code cell as it will run."""

    index: int
    source: str
    definitions: str
    """The part of the cell that is kept if it hangs or kills the kernel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSpec:
    """An expression to evaluate after the notebook, and the names it may use."""

    id: str
    function: str
    expression: str
    models: Mapping[str, str]
    """Names in the expression to names of models, as `grader.models` knows them."""
    tensors: Mapping[str, Any] = field(default_factory=dict)
    constants: Mapping[str, int] = field(default_factory=dict)
    provide: tuple[str, ...] = ()
    """Recordings whose functions are replayed."""
    bind: Mapping[str, str] = field(default_factory=dict)
    """Names to expressions in the same namespace: a variant in place of its function."""
    side_effects: bool = False
    """True if the answer is what the call leaves behind."""
    secret: bool = False
    """True if the models must not be known by name: they are sent as weights."""
    seed: int = 0

    def header(self) -> dict[str, Any]:
        """Return the probe as JSON."""
        fields = asdict(self)
        del fields["secret"]
        return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything that one run of the driver does."""

    cells: tuple[CellSpec, ...]
    probes: tuple[ProbeSpec, ...]
    recordings: Mapping[str, Recording]
    limits: Limits
    model: str
    device: str
    seed: int
    memory_fraction: float = 1.0
    """Fraction of a GPU's memory that the kernel may use."""

    def header(self) -> dict[str, Any]:
        """Return what is sent before the notebook runs: nothing about the probes."""
        return {
            "cells": [asdict(cell) for cell in self.cells],
            "limits": self.limits.model_dump(),
            "model": self.model,
            "device": self.device,
            "seed": self.seed,
            "share": self.memory_fraction,
        }

    @property
    def public_models(self) -> tuple[str, ...]:
        """Models of the probes that are not secret, each once; training runs are left out."""
        public = (probe for probe in self.probes if not probe.secret)
        names = (name for probe in public for name in probe.models.values())
        return tuple(dict.fromkeys(name for name in names if not is_training_run(name)))

    @property
    def secret_models(self) -> tuple[str, ...]:
        """Models that are sent as weights, each once, in the order in which they are needed."""
        names = (name for probe in self.probes if probe.secret for name in probe.models.values())
        return tuple(dict.fromkeys(name for name in names if is_synthetic(name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedSubmission:
    """A submission that is ready to run."""

    job: Job
    not_attempted: frozenset[str]
    """Functions that are still stubs; their probes are not run."""
    defined_names: frozenset[str]
    """Names that the notebook defines, to tell a renamed function from a missing one."""
    notes: tuple[str, ...]


def prepare_submission(
    submission: Submission,
    rubric: Rubric,
    recordings: Mapping[str, Recording],
    *,
    device: str,
    seed: int,
) -> PreparedSubmission:
    """Prepare a submission: its cells without installations, followed by the rubric's probes."""
    stripped = [(cell, *remove_install_lines(cell.source)) for cell in submission.cells]
    not_attempted = find_stubs(cell.source for cell in submission.cells)
    notes = [
        f"Cell {cell.index + 1}: skipped {line[:80]!r} (nothing needs installing)"
        for cell, _, lines in stripped
        for line in lines
    ]
    cells = tuple(
        CellSpec(index=cell.index, source=source, definitions=extract_definitions(source))
        for cell, source, _ in stripped
    )
    job = build_job(rubric, recordings, not_attempted=not_attempted, device=device, seed=seed)
    return PreparedSubmission(
        job=replace(job, cells=cells),
        not_attempted=not_attempted,
        defined_names=defined_names(cell.source for cell in submission.cells),
        notes=(*submission.notes, *notes),
    )


def build_job(
    rubric: Rubric,
    recordings: Mapping[str, Recording],
    *,
    not_attempted: frozenset[str] = frozenset(),
    device: str,
    seed: int,
) -> Job:
    """Build the job of a rubric, without the cells of a notebook.

    If the seed draws hidden models, the kernel gets another seed that is derived from it.
    """
    has_hidden = any(probe.hidden for probe in rubric.probes.values())
    inner_seed = derive_kernel_seed(seed) if has_hidden else seed
    probes = {
        name: probe
        for name, probe in order_probes(rubric).items()
        if not (probe.figures or probe.reference_only or probe.function in not_attempted)
    }
    return Job(
        cells=(),
        probes=tuple(
            replace(
                resolve_probe(name, probe, rubric, seed=seed), seed=inner_seed, secret=probe.hidden
            )
            for name, probe in probes.items()
        ),
        recordings={name: recordings[name] for name in needed_recordings(rubric.probes.values())},
        limits=rubric.limits,
        model=rubric.models["grading"],
        device=device,
        seed=inner_seed,
    )


def resolve_probe(name: str, probe: Probe, rubric: Rubric, *, seed: int) -> ProbeSpec:
    """Resolve a rubric's probe to models and an expression.

    Args:
        seed: The seed that hidden models are drawn from.
    """
    models = dict(rubric.models)
    if probe.hidden:
        models |= sample_models(rubric.hidden, seed)
    return ProbeSpec(
        id=name,
        function=probe.function,
        expression=probe.expression or probe.function,
        # A probe without an expression reads a variable, which needs no model.
        models={local: models[m] for local, m in probe.models.items() if probe.expression},
        tensors={local: list(rows) for local, rows in probe.tensors.items()},
        provide=probe.use_recordings,
        side_effects=probe.side_effects,
        seed=seed,
    )


def order_probes(rubric: Rubric) -> dict[str, Probe]:
    """Order the probes: those that replay a function's answers come after those that test it.

    Otherwise a function could hear the right answers in one probe and return them in a later one.
    """
    remaining = dict(rubric.probes)
    ordered: dict[str, Probe] = {}
    while remaining:
        tested = {probe.function for probe in remaining.values() if not probe.figures}
        ready = [n for n, p in remaining.items() if not _replayed_functions(p, rubric) & tested]
        for name in ready or list(remaining):
            ordered[name] = remaining.pop(name)
    return ordered


def _replayed_functions(probe: Probe, rubric: Rubric) -> set[str]:
    """Return the functions, other than its own, whose recorded answers a probe replays."""
    return {rubric.recordings[n].function for n in probe.use_recordings} - {probe.function}


def needed_recordings(probes: Iterable[Probe]) -> list[str]:
    """Return the recordings that some probe replays, each once."""
    return list(dict.fromkeys(name for probe in probes for name in probe.use_recordings))
