"""From a rubric to what the driver is asked to do: cells to run, probes to evaluate."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from grader.protocol.training_runs import is_run
from grader.protocol.values import Recording
from grader.rubric.hidden_models import draw_models, is_constructed, kernel_seed
from grader.rubric.model import Limits, Probe, Rubric
from grader.submission.read import Submission
from grader.submission.source import defined_names, definitions, stubs, without_installs


@dataclass(frozen=True, slots=True, kw_only=True)
class CellToRun:
    """A code cell as it will run."""

    index: int
    source: str
    definitions: str
    """What is kept of it when it hangs or kills the kernel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeToRun:
    """One expression to evaluate after the notebook, and the names it may use."""

    id: str
    function: str
    expression: str
    models: Mapping[str, str]
    """Names to names of models, as `grader.models` knows them."""
    tensors: Mapping[str, Any] = field(default_factory=dict)
    constants: Mapping[str, int] = field(default_factory=dict)
    provide: tuple[str, ...] = ()
    bind: Mapping[str, str] = field(default_factory=dict)
    """Names to expressions in the same namespace: a variant in its function's place."""
    side_effects: bool = False
    """Whether what it leaves behind is the answer."""
    secret: bool = False
    """Whether its models must not be known by name: they are sent as weights."""
    seed: int = 0

    def head(self) -> dict[str, Any]:
        """The probe as JSON."""
        fields = asdict(self)
        del fields["secret"]
        return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything one run of the driver does."""

    cells: tuple[CellToRun, ...]
    probes: tuple[ProbeToRun, ...]
    recordings: Mapping[str, Recording]
    limits: Limits
    model: str
    device: str
    seed: int
    share: float = 1.0
    """Of the device's memory, where it has its own: what the kernel may take."""

    def head(self) -> dict[str, Any]:
        """What is sent before the notebook runs: nothing of the probes."""
        return {
            "cells": [asdict(cell) for cell in self.cells],
            "limits": self.limits.model_dump(),
            "model": self.model,
            "device": self.device,
            "seed": self.seed,
            "share": self.share,
        }

    @property
    def public_models(self) -> tuple[str, ...]:
        """The single models that probes nobody need hide are asked of, each once."""
        open_ones = (probe for probe in self.probes if not probe.secret)
        names = (name for probe in open_ones for name in probe.models.values())
        return tuple(dict.fromkeys(name for name in names if not is_run(name)))

    @property
    def secret_models(self) -> tuple[str, ...]:
        """The models that are sent as weights, each once, in the order they are needed."""
        names = (name for probe in self.probes if probe.secret for name in probe.models.values())
        return tuple(dict.fromkeys(name for name in names if is_constructed(name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrumented:
    """A submission made ready to run."""

    job: Job
    not_attempted: frozenset[str]
    """Functions that are still stubs: their probes are not run."""
    names: frozenset[str]
    """Names the notebook defines, to tell a renamed function from an absent one."""
    notes: tuple[str, ...]


def instrument(
    submission: Submission,
    rubric: Rubric,
    recordings: Mapping[str, Recording],
    *,
    device: str,
    seed: int,
) -> Instrumented:
    """Put a rubric's probes behind a submission's cells."""
    prepared = [(cell, *without_installs(cell.source)) for cell in submission.cells]
    empty = stubs(cell.source for cell in submission.cells)
    notes = [
        f"Cell {cell.index + 1}: skipped {line[:80]!r} (nothing needs installing)"
        for cell, _, lines in prepared
        for line in lines
    ]
    cells = tuple(
        CellToRun(index=cell.index, source=source, definitions=definitions(source))
        for cell, source, _ in prepared
    )
    job = ask(rubric, recordings, not_attempted=empty, device=device, seed=seed)
    return Instrumented(
        job=replace(job, cells=cells),
        not_attempted=empty,
        names=defined_names(cell.source for cell in submission.cells),
        notes=(*submission.notes, *notes),
    )


def ask(
    rubric: Rubric,
    recordings: Mapping[str, Recording],
    *,
    not_attempted: frozenset[str] = frozenset(),
    device: str,
    seed: int,
) -> Job:
    """All that a rubric asks of a notebook, whose cells are not in it yet.

    Where the seed draws hidden models, the kernel is seeded with another that follows from it.
    """
    secret = any(probe.hidden for probe in rubric.probes.values())
    inner = kernel_seed(seed) if secret else seed
    return Job(
        cells=(),
        probes=tuple(
            replace(probe_to_run(name, probe, rubric, seed=seed), seed=inner, secret=probe.hidden)
            for name, probe in in_asking_order(rubric).items()
            if not (probe.figures or probe.reference_only or probe.function in not_attempted)
        ),
        recordings={name: recordings[name] for name in wanted_recordings(rubric.probes.values())},
        limits=rubric.limits,
        model=rubric.models["grading"],
        device=device,
        seed=inner,
    )


def probe_to_run(name: str, probe: Probe, rubric: Rubric, *, seed: int) -> ProbeToRun:
    """Resolve a rubric's probe: which models, which expression; ``seed`` draws hidden models."""
    models = dict(rubric.models)
    if probe.hidden:
        models |= draw_models(rubric.hidden, seed)
    return ProbeToRun(
        id=name,
        function=probe.function,
        expression=probe.expression or probe.function,
        # A variable needs no model: it is there already.
        models={local: models[m] for local, m in probe.models.items() if probe.expression},
        tensors={local: list(rows) for local, rows in probe.tensors.items()},
        provide=probe.provide,
        side_effects=probe.side_effects,
        seed=seed,
    )


def in_asking_order(rubric: Rubric) -> dict[str, Probe]:
    """The probes, those that play back a function's answers after those that ask it for them.

    A function that hears the right answers in one probe could give them in a later one.
    """
    left = dict(rubric.probes)
    ordered: dict[str, Probe] = {}
    while left:
        asked = {probe.function for probe in left.values() if not probe.figures}
        free = [n for n, p in left.items() if not _played_back(p, rubric) & asked] or list(left)
        for name in free:
            ordered[name] = left.pop(name)
    return ordered


def _played_back(probe: Probe, rubric: Rubric) -> set[str]:
    """The functions of others that a probe gives the recorded answers of."""
    return {rubric.recordings[name].replaces for name in probe.provide} - {probe.function}


def wanted_recordings(probes: Iterable[Probe]) -> list[str]:
    """The recordings that some probe provides, each once."""
    return list(dict.fromkeys(name for probe in probes for name in probe.provide))
