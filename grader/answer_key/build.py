"""Making an answer key: the reference run as a submission, the variants and mistakes beside it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from grader.answer_key.model import AnswerKey, KeyAbout, KeyRequest
from grader.answer_key.record import Progress, answer_of, record, run_reference
from grader.answer_key.reference_source import reference_sha256, reference_sources
from grader.errors import AnswerKeyError
from grader.execution.job import CellToRun, Job, ProbeToRun, probe_to_run
from grader.execution.result import Execution
from grader.protocol.values import Expected, Failure, Numbers, Value
from grader.rubric.load import RubricFile
from grader.rubric.model import Answer, Limits, Probe, Rubric

_SEED_STEP = 7919
"""Seeds of repeated draws lie apart, clear of the small ones students use."""
MISTAKE_DRAWS = 8
"""Seeds that a mistake is run with where it draws its own inputs."""
_VARIANT_SEED = 104729
"""Where the seeds of variants start: what they draw is not what the reference drew."""


def build_key(
    file: RubricFile, request: KeyRequest, progress: Progress = lambda _frame: None
) -> AnswerKey:
    """Run the reference through the same path as a student's notebook, and keep what it answers.

    Args:
        file: The rubric.
        request: What the key is wanted for.
        progress: Called with each frame.

    Raises:
        AnswerKeyError: The reference is absent, or fails one of its own probes.
        KernelError: No kernel could be started.
    """
    whole = file.rubric
    rubric = whole.only_hidden() if request.hidden else whole.without_hidden()
    if not request.alike:
        variants = tuple(v for v in rubric.variants if not v.alike)
        rubric = rubric.model_copy(update={"variants": variants})
    bare = _bare(rubric, request)
    recordings = record(rubric, bare, progress)
    probes = tuple(_key_probes(rubric, request))
    execution = run_reference(replace(bare, probes=probes, recordings=recordings), progress)
    environment = execution.environment
    about = KeyAbout(
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
    wrong = {m.name: _wrong(rubric, execution, m.name) for m in rubric.mistakes}
    return AnswerKey(
        about=about,
        expected=_expected(rubric, execution),
        variants={
            v.name: _answers(rubric, execution, "variant", v.name)
            for v in rubric.variants
            if not v.is_own
        },
        mistakes={name: {p: e.value for p, e in found.items()} for name, found in wrong.items()},
        recordings=recordings,
        spreads={
            name: {
                p: Numbers(kind="ndarray", array=e.spread)
                for p, e in found.items()
                if e.spread is not None
            }
            for name, found in wrong.items()
        },
    )


def _bare(rubric: Rubric, request: KeyRequest) -> Job:
    """The reference as a notebook; its own results only where a probe looks at one."""
    sources = reference_sources(rubric)
    if any(answered(probe) and probe.expression is None for probe in rubric.probes.values()):
        sources += rubric.reference.cells
    return Job(
        cells=tuple(CellToRun(index=i, source=s, definitions="") for i, s in enumerate(sources)),
        probes=(),
        recordings={},
        limits=_ours(rubric.limits),
        model=rubric.models["grading"],
        device=request.device,
        seed=request.seed,
    )


def _ours(limits: Limits) -> Limits:
    """More time than a notebook gets: the reference answers for all variants and mistakes too."""
    return limits.model_copy(update={"notebook": 10 * limits.notebook})


def answered(probe: Probe) -> bool:
    """Whether the reference answers a probe: all but what only a notebook can draw."""
    return not probe.figures or probe.expression is not None


def _key_probes(rubric: Rubric, request: KeyRequest) -> Iterator[ProbeToRun]:
    """The rubric's probes, once a draw, and for every variant and mistake of theirs."""
    for name, probe in rubric.probes.items():
        if answered(probe):
            plain = probe_to_run(name, probe, rubric, seed=request.seed)
            yield from _drawn(plain, probe.draws)
            # The proof compares answers on the same draws: one is enough there.
            draws = 1 if request.alike else min(probe.draws, MISTAKE_DRAWS)
            yield from _by_answers(rubric, plain, draws)


def _drawn(plain: ProbeToRun, draws: int) -> Iterator[ProbeToRun]:
    for draw in range(draws):
        yield replace(plain, id=f"{plain.id}#{draw}", seed=plain.seed + draw * _SEED_STEP)


def _by_answers(rubric: Rubric, plain: ProbeToRun, draws: int) -> Iterator[ProbeToRun]:
    """A probe as each variant and each mistake answers it, variants on draws of their own."""
    for i, variant in enumerate(rubric.variants):
        if not variant.is_own and plain.id in rubric.answered_by(variant):
            answer = _answer(rubric, plain, variant, "variant")
            yield replace(answer, seed=plain.seed + _VARIANT_SEED + i)
    for mistake in rubric.mistakes:
        if plain.id in rubric.answered_by(mistake):
            yield from _drawn(_answer(rubric, plain, mistake, "mistake"), draws)


def _answer(rubric: Rubric, plain: ProbeToRun, answer: Answer, kind: str) -> ProbeToRun:
    computed = rubric.probes[plain.id].expression is not None
    instead = answer.instead.get(plain.id) if computed else None
    return replace(
        plain,
        id=f"{kind}/{answer.name}/{plain.id}",
        bind=rubric.bound_by(answer),
        expression=instead or plain.expression,
    )


def _expected(rubric: Rubric, execution: Execution) -> dict[str, Expected]:
    found = {}
    for name, probe in rubric.probes.items():
        if not answered(probe):
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


def _wrong(rubric: Rubric, execution: Execution, name: str) -> dict[str, Expected]:
    """A mistake's answers; where it fails to answer, there is nothing to match."""
    found: dict[str, Expected] = {}
    for probe in rubric.probes:
        draws = (f"mistake/{name}/{probe}#{draw}" for draw in range(MISTAKE_DRAWS))
        seen = [execution.observations[at] for at in draws if at in execution.observations]
        values = [value for value in seen if not isinstance(value, Failure)]
        if values and len(values) == len(seen):
            found[probe] = (
                Expected(value=values[0]) if len(values) == 1 else _over_draws(probe, values)
            )
    return found


def _answers(rubric: Rubric, execution: Execution, what: str, name: str) -> dict[str, Value]:
    """A variant's answers; where it fails to answer, there is nothing to match."""
    found = {probe: execution.observations.get(f"{what}/{name}/{probe}") for probe in rubric.probes}
    return {
        p: value
        for p, value in found.items()
        if value is not None and not isinstance(value, Failure)
    }
