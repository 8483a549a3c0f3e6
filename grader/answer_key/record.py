"""Recording the reference's calls, to stand in for a student's own functions."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from grader.errors import AnswerKeyError
from grader.execution.job import Job, ProbeToRun, probe_to_run, wanted_recordings
from grader.execution.result import Execution
from grader.execution.run import run_job
from grader.protocol.frames import Frame
from grader.protocol.values import Failure, Numbers, RecordedCall, Recording, Value
from grader.rubric.model import Probe, RecordingPlan, Rubric

Progress = Callable[[Frame], None]


def record(rubric: Rubric, job: Job, progress: Progress) -> dict[str, Recording]:
    """Make the recordings that a rubric's probes provide.

    Args:
        rubric: What to record.
        job: The reference's cells on the right model and device; its probes are replaced.
        progress: Called with each frame.

    Raises:
        AnswerKeyError: The reference fails one of the calls.
    """
    wanted = wanted_recordings(rubric.probes.values())
    if not wanted:
        return {}
    execution = run_reference(replace(job, probes=_probes(rubric, wanted)), progress)
    return {name: _recording(name, rubric.recordings[name], execution) for name in wanted}


def _recording(name: str, plan: RecordingPlan, execution: Execution) -> Recording:
    rows = []
    for i, constants in enumerate(_grid(plan)):
        arguments: dict[str, Value] = {
            key: Numbers(kind="int", array=np.array(number))
            for key, number in constants.items()
            if key in plan.parameters
        }
        arguments |= {key: answer_of(execution, f"{name}/{i}/{key}") for key in plan.arguments}
        result = answer_of(execution, f"{name}/{i}/result")
        rows.append(RecordedCall(arguments=arguments, result=result))
    return Recording(
        replaces=plan.replaces,
        parameters=dict(plan.parameters),
        cycle=plan.cycle,
        batch=plan.batch,
        rows=tuple(rows),
    )


def run_reference(job: Job, progress: Progress) -> Execution:
    """Run a job of the reference's; it may not fail.

    Raises:
        AnswerKeyError: One of its cells did.
    """
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


def _probes(rubric: Rubric, wanted: Iterable[str]) -> tuple[ProbeToRun, ...]:
    """One probe a recorded call, and one an argument that has to be computed."""
    probes = []
    for name in wanted:
        plan = rubric.recordings[name]
        for i, constants in enumerate(_grid(plan)):
            for what, expression in {"result": plan.expression, **plan.arguments}.items():
                base = Probe(function=plan.replaces, expression=expression, models=plan.models)
                probe = probe_to_run(f"{name}/{i}/{what}", base, rubric, seed=0)
                probes.append(replace(probe, constants=constants))
    return tuple(probes)


def answer_of(execution: Execution, name: str) -> Value:
    """The reference's answer to a probe.

    Raises:
        AnswerKeyError: It has none.
    """
    observation = execution.observations.get(name, Failure(kind="missing"))
    if isinstance(observation, Failure):
        said = f"{observation.kind} {observation.ename} {observation.message}".strip()
        raise AnswerKeyError(f"The reference has no answer to its own probe {name}: {said}.")
    return observation
