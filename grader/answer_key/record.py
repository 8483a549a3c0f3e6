"""Records calls of the reference, which are played back instead of a student's own functions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product

import numpy as np

from grader.errors import AnswerKeyError
from grader.execution.job import Job, ProbeSpec, needed_recordings, resolve_probe
from grader.execution.result import RunResult
from grader.execution.run import run_job
from grader.protocol.frames import Frame
from grader.protocol.values import ArrayValue, Failure, RecordedCall, Recording, Value
from grader.rubric.model import Rubric
from grader.rubric.sections import Probe, RecordingPlan

Progress = Callable[[Frame], None]


def record_calls(rubric: Rubric, job: Job, progress: Progress) -> dict[str, Recording]:
    """Make the recordings that a rubric's probes use.

    Args:
        rubric: The rubric with the plans of the recordings.
        job: The reference's cells on the right model and device; its probes are replaced.
        progress: Called with each frame.

    Raises:
        AnswerKeyError: The reference fails one of the calls.
    """
    names = needed_recordings(rubric.probes.values())
    if not names:
        return {}
    execution = run_reference(replace(job, probes=_recording_probes(rubric, names)), progress)
    return {name: _recording(name, rubric.recordings[name], execution) for name in names}


def _recording(name: str, plan: RecordingPlan, execution: RunResult) -> Recording:
    rows = []
    for i, (constants, _) in enumerate(_combinations(plan)):
        arguments: dict[str, Value] = {
            key: ArrayValue(kind="int", array=np.array(number))
            for key, number in constants.items()
            if key in plan.parameters
        }
        arguments |= {
            key: reference_answer(execution, f"{name}/{i}/{key}") for key in plan.arguments
        }
        result = reference_answer(execution, f"{name}/{i}/result")
        rows.append(RecordedCall(arguments=arguments, result=result))
    return Recording(
        replaces=plan.function,
        parameters=dict(plan.parameters),
        cycle=plan.cycle_over,
        batch=plan.batch,
        rows=tuple(rows),
    )


def run_reference(job: Job, progress: Progress) -> RunResult:
    """Run the reference's cells and probes.

    Raises:
        AnswerKeyError: One of the cells failed.
    """
    execution = run_job(job, progress)
    for cell in execution.cells:
        if cell.status != "ok":
            raise AnswerKeyError(
                f"The reference's cell {cell.index + 1}: {cell.status}, {cell.ename} {cell.evalue}"
            )
    return execution


def _combinations(plan: RecordingPlan) -> Iterator[tuple[dict[str, int], dict[str, str]]]:
    """Yield every combination of the inputs (numbers) and the cases (expressions), by name."""
    for numbers in product(*plan.inputs.values()):
        for expressions in product(*plan.cases.values()):
            yield (
                dict(zip(plan.inputs, numbers, strict=True)),
                dict(zip(plan.cases, expressions, strict=True)),
            )


def _with_cases(expression: str, cases: Mapping[str, str]) -> str:
    """Bind names to expressions within an expression."""
    if not cases:
        return expression
    return f"(lambda {', '.join(cases)}: {expression})({', '.join(cases.values())})"


def _recording_probes(rubric: Rubric, names: Iterable[str]) -> tuple[ProbeSpec, ...]:
    """Return a probe for each recorded call, and for each argument that has to be computed."""
    probes = []
    for name in names:
        plan = rubric.recordings[name]
        for i, (constants, cases) in enumerate(_combinations(plan)):
            for part, expression in {"result": plan.expression, **plan.arguments}.items():
                text = _with_cases(expression, cases)
                base = Probe(function=plan.function, expression=text, models=plan.models)
                probe = resolve_probe(f"{name}/{i}/{part}", base, rubric, seed=0)
                probes.append(replace(probe, constants=constants))
    return tuple(probes)


def reference_answer(execution: RunResult, name: str) -> Value:
    """Return the reference's answer to a probe.

    Raises:
        AnswerKeyError: The reference failed on it.
    """
    observation = execution.observations.get(name, Failure(kind="missing"))
    if isinstance(observation, Failure):
        reason = f"{observation.kind} {observation.ename} {observation.message}".strip()
        raise AnswerKeyError(f"The reference has no answer to its own probe {name}: {reason}.")
    return observation
