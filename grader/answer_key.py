"""Making an answer key: the reference run as a submission, the variants and mistakes beside it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from grader.answers import AnswerKey, KeyAbout
from grader.errors import AnswerKeyError
from grader.execution import Execution
from grader.probing import CellToRun, Job, ProbeToRun, probe_to_run
from grader.recording import Progress, answer_of, record, run_reference
from grader.reference_source import reference_sha256, reference_sources
from grader.rubric import Rubric
from grader.rubric_file import RubricFile
from grader.values import Expected, Failure, Numbers, Value

_SEED_STEP = 7919
"""Seeds of repeated draws lie apart, clear of the small ones students use."""


def build_key(
    file: RubricFile, *, device: str, seed: int, progress: Progress = lambda _frame: None
) -> AnswerKey:
    """Run the reference through the same path as a student's notebook, and keep what it answers.

    Args:
        file: The rubric.
        device: Where the models run.
        seed: Of the run.
        progress: Called with each frame.

    Raises:
        AnswerKeyError: The reference is absent, or fails one of its own probes.
        KernelError: No kernel could be started.
    """
    rubric = file.rubric
    sources = [*reference_sources(rubric), *rubric.reference.cells]
    cells = tuple(CellToRun(index=i, source=s, definitions="") for i, s in enumerate(sources))
    bare = Job(
        cells=cells,
        probes=(),
        recordings={},
        limits=rubric.limits,
        model=rubric.models["grading"],
        device=device,
        seed=seed,
    )
    recordings = record(rubric, bare, progress)
    job = replace(bare, probes=tuple(_key_probes(rubric, seed)), recordings=recordings)
    execution = run_reference(job, progress)
    environment = execution.environment
    about = KeyAbout(
        lab=rubric.lab,
        probing_sha256=file.probing_sha256,
        reference_sha256=reference_sha256(rubric),
        model=rubric.models["grading"],
        device=str(environment["device"]),
        seed=seed,
        torch=str(environment["torch"]),
        transformer_lens=str(environment["transformer_lens"]),
    )
    return AnswerKey(
        about=about,
        expected=_expected(rubric, execution),
        variants={
            v.name: _answers(rubric, execution, "variant", v.name)
            for v in rubric.variants
            if v.source
        },
        mistakes={m.name: _answers(rubric, execution, "mistake", m.name) for m in rubric.mistakes},
        recordings=recordings,
    )


def _key_probes(rubric: Rubric, seed: int) -> Iterator[ProbeToRun]:
    """The rubric's probes, once a draw, and once for every variant and mistake of theirs."""
    for name, probe in rubric.probes.items():
        if probe.figures:
            continue
        plain = probe_to_run(name, probe, rubric.models, seed=seed)
        for draw in range(probe.draws):
            yield replace(plain, id=f"{name}#{draw}", seed=seed + draw * _SEED_STEP)
        for variant in rubric.variants:
            if variant.source and variant.function == probe.function:
                yield replace(
                    plain,
                    id=f"variant/{variant.name}/{name}",
                    bind={variant.function: variant.source},
                )
        for mistake in rubric.mistakes:
            if mistake.function == probe.function:
                yield replace(
                    plain,
                    id=f"mistake/{mistake.name}/{name}",
                    bind={mistake.function: mistake.source},
                )


def _expected(rubric: Rubric, execution: Execution) -> dict[str, Expected]:
    found = {}
    for name, probe in rubric.probes.items():
        if probe.figures:
            continue
        values = [answer_of(execution, f"{name}#{draw}") for draw in range(probe.draws)]
        found[name] = Expected(value=values[0]) if probe.draws == 1 else _over_draws(name, values)
    return found


def _over_draws(name: str, values: list[Value]) -> Expected:
    arrays = [value.array.astype(np.float64) for value in values if isinstance(value, Numbers)]
    if len(arrays) < len(values):
        raise AnswerKeyError(f"The reference's answers to {name} cannot be averaged over seeds.")
    stacked = np.stack(arrays)
    mean = Numbers(kind="ndarray", array=stacked.mean(axis=0))
    return Expected(value=mean, spread=stacked.std(axis=0, ddof=1), draws=len(arrays))


def _answers(rubric: Rubric, execution: Execution, what: str, name: str) -> dict[str, Value]:
    """A variant's or mistake's answers; where it fails to answer, there is nothing to match."""
    found = {probe: execution.observations.get(f"{what}/{name}/{probe}") for probe in rubric.probes}
    return {
        p: value
        for p, value in found.items()
        if value is not None and not isinstance(value, Failure)
    }
