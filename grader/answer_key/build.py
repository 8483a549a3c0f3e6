"""Builds answer keys: runs the reference as a submission, with the variants and mistakes."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from grader.answer_key.known_answers import reference_mistakes, with_equivalent_variants
from grader.answer_key.model import AnswerKey, KeyProvenance, KeyRequest
from grader.answer_key.record import Progress, record_calls, reference_answer, run_reference
from grader.answer_key.reference_source import reference_sha256, reference_sources
from grader.errors import AnswerKeyError
from grader.execution.job import CellSpec, Job, ProbeSpec, resolve_probe
from grader.execution.result import RunResult
from grader.protocol.values import ArrayValue, Expected, Failure, Value
from grader.rubric.known_answers import Answer
from grader.rubric.load import RubricFile
from grader.rubric.model import Rubric
from grader.rubric.sections import Limits, Probe

_SEED_STEP = 7919
"""Distance between the seeds of repeated runs; students use small seeds."""
MISTAKE_SEEDS = 8
"""Number of seeds that a mistake is run with if it draws its own inputs."""
_VARIANT_SEED = 104729
"""First seed of variants, so that they draw other inputs than the reference."""


def build_key(
    file: RubricFile, request: KeyRequest, progress: Progress = lambda _frame: None
) -> AnswerKey:
    """Run the reference as if it were a student's notebook, and collect its answers.

    Args:
        file: The rubric; its known mistakes are read beside the reference's code.
        request: Device, seed and kind of the key.
        progress: Called with each frame.

    Raises:
        AnswerKeyError: The reference is absent, or fails one of its own probes.
        RubricError: A known mistake has problems.
        KernelError: No kernel could be started.
    """
    rubric = _with_known_answers(file.rubric, request)
    reference = _reference_job(rubric, request)
    recordings = record_calls(rubric, reference, progress)
    probes = tuple(_key_probes(rubric, request))
    job = replace(reference, probes=probes, recordings=recordings)
    execution = run_reference(job, progress)
    environment = execution.environment
    about = KeyProvenance(
        lab=rubric.lab,
        probing_sha256=file.probing_sha256,
        reference_sha256=reference_sha256(rubric),
        model=rubric.models["grading"],
        device=str(environment["device"]),
        seed=request.seed,
        torch=str(environment["torch"]),
        transformer_lens=str(environment["transformer_lens"]),
        hidden=request.hidden,
    )
    wrong = {m.name: _mistake_answers(rubric, execution, m.name) for m in rubric.mistakes}
    return AnswerKey(
        provenance=about,
        expected=_expected(rubric, execution),
        variants={
            v.name: _variant_answers(rubric, execution, v.name)
            for v in rubric.variants
            if not v.is_reference
        },
        mistakes={name: {p: e.value for p, e in found.items()} for name, found in wrong.items()},
        recordings=recordings,
        known_mistakes=rubric.mistakes,
        spreads={
            name: {
                p: ArrayValue(kind="ndarray", array=e.spread)
                for p, e in found.items()
                if e.spread is not None
            }
            for name, found in wrong.items()
        },
    )


def _with_known_answers(rubric: Rubric, request: KeyRequest) -> Rubric:
    """Return the public or hidden part of the rubric with the variants and mistakes to run.

    All mistakes are run, whatever the criteria are: a key does not depend on them.
    """
    rubric = rubric.model_copy(update={"mistakes": reference_mistakes(rubric)})
    rubric = rubric.only_hidden() if request.hidden else rubric.without_hidden()
    if request.include_equivalent:
        return with_equivalent_variants(rubric)
    variants = tuple(v for v in rubric.variants if not v.equivalent)
    return rubric.model_copy(update={"variants": variants})


def _reference_job(rubric: Rubric, request: KeyRequest) -> Job:
    """Return the reference as a notebook, with its result cells only if a probe needs them."""
    sources = reference_sources(rubric)
    if any(is_answered(probe) and probe.expression is None for probe in rubric.probes.values()):
        sources += rubric.reference.cells
    return Job(
        cells=tuple(CellSpec(index=i, source=s, definitions="") for i, s in enumerate(sources)),
        probes=(),
        recordings={},
        limits=_extended(rubric.limits),
        model=rubric.models["grading"],
        device=request.device,
        seed=request.seed,
    )


def _extended(limits: Limits) -> Limits:
    """Return longer limits: this run answers for all variants and mistakes too."""
    return limits.model_copy(update={"notebook": 10 * limits.notebook})


def is_answered(probe: Probe) -> bool:
    """Return True if the reference answers the probe; it does not draw a notebook's figures."""
    return not probe.figures or probe.expression is not None


def _key_probes(rubric: Rubric, request: KeyRequest) -> Iterator[ProbeSpec]:
    """Yield the rubric's probes for the reference, its variants and its mistakes, seed by seed."""
    for name, probe in rubric.probes.items():
        if is_answered(probe):
            plain = resolve_probe(name, probe, rubric, seed=request.seed)
            yield from _repeated(plain, probe.n_seeds)
            # `grade rubric check` compares answers for the same seed: one is enough there.
            n_seeds = 1 if request.include_equivalent else min(probe.n_seeds, MISTAKE_SEEDS)
            yield from _probes_by_answer(rubric, plain, n_seeds)


def _repeated(plain: ProbeSpec, n_seeds: int) -> Iterator[ProbeSpec]:
    for draw in range(n_seeds):
        yield replace(plain, id=f"{plain.id}#{draw}", seed=plain.seed + draw * _SEED_STEP)


def _probes_by_answer(rubric: Rubric, plain: ProbeSpec, n_seeds: int) -> Iterator[ProbeSpec]:
    """Yield a probe for each variant, with seeds of its own, and for each mistake."""
    for i, variant in enumerate(rubric.variants):
        if not variant.is_reference and plain.id in rubric.answered_probes(variant):
            probe = _probe_of(rubric, plain, variant, "variant")
            yield replace(probe, seed=plain.seed + _VARIANT_SEED + i)
    for mistake in rubric.mistakes:
        if plain.id in rubric.answered_probes(mistake):
            yield from _repeated(_probe_of(rubric, plain, mistake, "mistake"), n_seeds)


def _probe_of(rubric: Rubric, plain: ProbeSpec, answer: Answer, kind: str) -> ProbeSpec:
    """Return a probe as a variant or mistake answers it."""
    has_expression = rubric.probes[plain.id].expression is not None
    replaced = answer.replace_values.get(plain.id) if has_expression else None
    return replace(
        plain,
        id=f"{kind}/{answer.name}/{plain.id}",
        bind=rubric.bindings_of(answer),
        expression=replaced or plain.expression,
    )


def _expected(rubric: Rubric, execution: RunResult) -> dict[str, Expected]:
    expected = {}
    for name, probe in rubric.probes.items():
        if not is_answered(probe):
            continue
        values = [reference_answer(execution, f"{name}#{draw}") for draw in range(probe.n_seeds)]
        expected[name] = (
            Expected(value=values[0]) if probe.n_seeds == 1 else _mean_and_spread(name, values)
        )
    return expected


def _mean_and_spread(name: str, values: list[Value]) -> Expected:
    arrays = [value.array.astype(np.float64) for value in values if isinstance(value, ArrayValue)]
    if len(arrays) < len(values):
        raise AnswerKeyError(f"The reference's answers to {name} cannot be averaged over seeds.")
    stacked = np.stack(arrays)
    mean = ArrayValue(kind="ndarray", array=stacked.mean(axis=0))
    return Expected(value=mean, spread=stacked.std(axis=0, ddof=1), draws=len(arrays))


def _mistake_answers(rubric: Rubric, execution: RunResult, name: str) -> dict[str, Expected]:
    """Return a mistake's answers; without those where it fails, which match nobody."""
    found: dict[str, Expected] = {}
    for probe in rubric.probes:
        draws = (f"mistake/{name}/{probe}#{draw}" for draw in range(MISTAKE_SEEDS))
        observed = [execution.observations[at] for at in draws if at in execution.observations]
        values = [value for value in observed if not isinstance(value, Failure)]
        if values and len(values) == len(observed):
            found[probe] = (
                Expected(value=values[0]) if len(values) == 1 else _mean_and_spread(probe, values)
            )
    return found


def _variant_answers(rubric: Rubric, execution: RunResult, name: str) -> dict[str, Value]:
    """Return a variant's answers; without those where it fails, which match nobody."""
    found = {
        probe: execution.observations.get(f"variant/{name}/{probe}") for probe in rubric.probes
    }
    return {
        p: value
        for p, value in found.items()
        if value is not None and not isinstance(value, Failure)
    }
