"""Making an answer key: the reference run as a submission, the variants and mistakes beside it."""

import ast
import hashlib
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from grader.answers import AnswerKey, KeyAbout
from grader.errors import AnswerKeyError
from grader.execution import Execution, run_job
from grader.frames import Frame
from grader.probing import CellToRun, Job, ProbeToRun, probe_to_run
from grader.rubric import Probe, RecordingPlan, Rubric
from grader.rubric_file import RubricFile
from grader.values import Expected, Failure, Numbers, RecordedCall, Recording, Value

Progress = Callable[[Frame], None]
_SEED_STEP = 7919
"""Seeds of repeated draws lie apart, clear of the small ones students use."""


def reference_sources(rubric: Rubric) -> list[str]:
    """The reference's source, module by module, with its variants and mistakes, as cells.

    Raises:
        AnswerKeyError: The reference is not installed here.
    """
    plan = rubric.reference
    names = [*plan.modules, *(name for name in (plan.variants, plan.mistakes) if name)]
    return [source for name in names for source in _module_sources(name)]


def reference_sha256(rubric: Rubric) -> str:
    """Digest of everything the key's values come from."""
    return hashlib.sha256("\0".join(reference_sources(rubric)).encode()).hexdigest()


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
    first = Job(
        cells=cells,
        probes=_recording_probes(rubric),
        recordings={},
        limits=rubric.limits,
        model=rubric.models["grading"],
        device=device,
        seed=seed,
    )
    recordings = _recordings(rubric, first, progress)
    job = replace(first, probes=tuple(_key_probes(rubric, seed)), recordings=recordings)
    execution = _run(job, progress)
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


def _module_sources(name: str) -> list[str]:
    """A module's source, or its package's files in the order its ``MODULES`` lists them."""
    top, *rest = name.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None or not spec.submodule_search_locations:
        raise AnswerKeyError(
            f"No answer key fits this rubric, model and seed, and the package {top!r} "
            "that could make one is not installed here."
        )
    path = Path(spec.submodule_search_locations[0]).joinpath(*rest)
    if path.is_dir():
        files = [path / f"{module}.py" for module in _reading_order(path / "__init__.py")]
    else:
        files = [path.with_suffix(".py")]
    return [_as_cell(file.read_text(encoding="utf-8"), top) for file in files]


def _reading_order(init: Path) -> list[str]:
    """The literal ``MODULES`` of a package, read without importing it."""
    for node in ast.parse(init.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "MODULES" for t in node.targets
        ):
            return [str(name) for name in ast.literal_eval(node.value)]
    raise AnswerKeyError(f"{init} does not say in which order its modules are read (MODULES).")


def _as_cell(source: str, package: str) -> str:
    """Source without its imports from its own package: earlier cells have defined those names."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
            for line in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[line] = ""
    return "\n".join(lines) + "\n"


def _run(job: Job, progress: Progress) -> Execution:
    execution = run_job(job, progress)
    for cell in execution.cells:
        if cell.status != "ok":
            raise AnswerKeyError(
                f"The reference's cell {cell.index + 1}: {cell.status}, {cell.ename} {cell.evalue}"
            )
    return execution


def _grid(plan: RecordingPlan) -> Iterator[dict[str, int]]:
    for values in product(*plan.grid.values()):
        yield dict(zip(plan.grid, values, strict=True))


def _recording_probes(rubric: Rubric) -> tuple[ProbeToRun, ...]:
    """One probe a recorded call, and one an argument that has to be computed."""
    probes = []
    for name, plan in rubric.recordings.items():
        for i, constants in enumerate(_grid(plan)):
            for what, expression in {"result": plan.expression, **plan.arguments}.items():
                base = Probe(function=plan.replaces, expression=expression, models=plan.models)
                probe = probe_to_run(f"{name}/{i}/{what}", base, rubric.models, seed=0)
                probes.append(replace(probe, constants=constants))
    return tuple(probes)


def _recordings(rubric: Rubric, job: Job, progress: Progress) -> dict[str, Recording]:
    if not job.probes:
        return {}
    execution = _run(job, progress)
    found = {}
    for name, plan in rubric.recordings.items():
        rows = []
        for i, constants in enumerate(_grid(plan)):
            arguments: dict[str, Value] = {
                key: Numbers(kind="int", array=np.array(number))
                for key, number in constants.items()
                if key in plan.parameters
            }
            arguments |= {key: _value(execution, f"{name}/{i}/{key}") for key in plan.arguments}
            rows.append(
                RecordedCall(arguments=arguments, result=_value(execution, f"{name}/{i}/result"))
            )
        found[name] = Recording(
            replaces=plan.replaces,
            parameters=dict(plan.parameters),
            cycle=plan.cycle,
            batch=plan.batch,
            rows=tuple(rows),
        )
    return found


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
        values = [_value(execution, f"{name}#{draw}") for draw in range(probe.draws)]
        found[name] = Expected(value=values[0]) if probe.draws == 1 else _over_draws(name, values)
    return found


def _over_draws(name: str, values: list[Value]) -> Expected:
    arrays = [value.array.astype(np.float64) for value in values if isinstance(value, Numbers)]
    if len(arrays) < len(values):
        raise AnswerKeyError(f"The reference's answers to {name} cannot be averaged over seeds.")
    stacked = np.stack(arrays)
    mean = Numbers(kind="ndarray", array=stacked.mean(axis=0))
    return Expected(value=mean, spread=stacked.std(axis=0, ddof=1), draws=len(arrays))


def _value(execution: Execution, name: str) -> Value:
    observation = execution.observations.get(name, Failure(kind="missing"))
    if isinstance(observation, Failure):
        said = f"{observation.kind} {observation.ename} {observation.message}".strip()
        raise AnswerKeyError(f"The reference has no answer to its own probe {name}: {said}.")
    return observation


def _answers(rubric: Rubric, execution: Execution, what: str, name: str) -> dict[str, Value]:
    """A variant's or mistake's answers; where it fails to answer, there is nothing to match."""
    found = {probe: execution.observations.get(f"{what}/{name}/{probe}") for probe in rubric.probes}
    return {
        p: value
        for p, value in found.items()
        if value is not None and not isinstance(value, Failure)
    }
