"""Kernels: a real one is started with the grading model, and one is forked."""

from collections.abc import Iterator
from time import monotonic

from grader.caches import prepare
from grader.doctor.finding import Finding
from grader.errors import GraderError
from grader.execution import run_job
from grader.isolation.choice import choose, warmed
from grader.isolation.none import NONE
from grader.isolation.sandbox import Backend
from grader.isolation.warm import Warm
from grader.probing import Job
from grader.rubric import Rubric

_LONG = 30.0
"""Seconds; a kernel takes five where nothing else runs."""


def kernels(rubric: Rubric) -> Iterator[Finding]:
    """Whether kernels start by themselves, and from a process that is ready.

    Args:
        rubric: Whose grading model they are given.
    """
    job = Job(
        cells=(),
        probes=(),
        recordings={},
        limits=rubric.limits,
        model=rubric.models["grading"],
        device="auto",
        seed=0,
    )
    backend = choose("auto")
    started = kernel(job, backend)
    yield started
    if started.state == "problem":
        return
    with warmed(backend, job.model) as ready:
        yield _forked(job, ready)


def kernel(job: Job, backend: Backend) -> Finding:
    """Whether a kernel starts with a model.

    Args:
        job: One without cells or probes.
        backend: What it runs in.
    """
    try:
        if backend is not NONE:
            prepare()  # once, and not this kernel's time
        seconds, where = _timed(job, backend)
    except GraderError as error:
        return Finding(
            name="Kernel",
            says=str(error),
            state="problem",
            advice="Try `grade NOTEBOOK --isolation none`: if that works, the sandbox is in the "
            "way; if not, install the grader in an environment of its own.",
        )
    says = f"starts with {where}, in {seconds:.1f} s"
    slow = seconds > _LONG
    return Finding(
        name="Kernel",
        says=says,
        state="warning" if slow else "ok",
        advice="That is slow: is something else running, or the disk a network's?" if slow else "",
    )


def _forked(job: Job, backend: Backend) -> Finding:
    name = "Forked kernels"
    if not isinstance(backend, Warm):
        says = "do not work here: --watch and batches start each kernel by itself, in seconds."
        return Finding(name=name, says=says)
    try:
        seconds, _ = _timed(job, backend)
    except GraderError as error:
        return Finding(
            name=name, says=str(error), state="warning",
            advice="--watch and batches are slower; their verdicts are the same.",
        )  # fmt: skip
    return Finding(name=name, says=f"start in {seconds:.1f} s: --watch and batches are quick.")


def _timed(job: Job, backend: Backend) -> tuple[float, str]:
    """Seconds from nothing to an empty notebook's end, and what it ran on."""
    start = monotonic()
    environment = run_job(job, backend=backend).environment
    return monotonic() - start, f"{environment['model']} on {environment['device']}"
