"""Asking a kernel's functions, one probe after the other, until the student has enough of it."""

from time import perf_counter
from typing import Any

from grader.gathering import Execution
from grader.inside.own_model import MODEL
from grader.inside.prelude import describe
from grader.inside.probe import observe
from grader.inside.shelf import Shelf
from grader.probing import Job, ProbeToRun
from grader.values import Failure, Group, Observation
from grader.wire import UnreadableError, pack, unpack

HERE = "this kernel"


class StoppedError(Exception):
    """The student interrupted a function; says which, and where it was."""


def ask_all(job: Job, namespace: dict[str, Any], shelf: Shelf) -> Execution:
    """Evaluate a job's probes in a namespace.

    Args:
        job: What is asked; its cells have been run by the student.
        namespace: The student's.
        shelf: Where the models come from.

    Raises:
        StoppedError: A function was interrupted.
    """
    observations: dict[str, Observation] = {}
    seconds: dict[str, float] = {}
    for probe in job.probes:
        start = perf_counter()
        observations[probe.id] = _answer(probe, job, namespace, shelf)
        seconds[probe.id] = perf_counter() - start
    return Execution(
        environment=describe(shelf, job.model, shelf.as_it_is(job.model)),
        cells=(),
        observations=observations,
        seconds=seconds,
        heatmaps=Group(kind="figure", items=()),
        complete=True,
        isolation=HERE,
    )


def _answer(probe: ProbeToRun, job: Job, namespace: dict[str, Any], shelf: Shelf) -> Observation:
    # Nobody's own model is worked on: where a probe brings none, the name is the grading model's.
    head = {**probe.head(), "models": {MODEL: job.model, **probe.models}}
    recordings = [job.recordings[name] for name in probe.provide]
    observation = observe(head, recordings, namespace, shelf)
    if isinstance(observation, Failure) and observation.ename == KeyboardInterrupt.__name__:
        raise StoppedError(f"{probe.function}{observation.message}")
    try:
        return unpack(pack(observation))  # what does not fit through the pipe is judged as there
    except UnreadableError as error:
        return Failure(kind="unreadable", message=str(error))
