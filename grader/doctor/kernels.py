"""What keeps a notebook from everything else, each kind tried."""

from collections.abc import Iterable, Iterator
from time import monotonic

from grader.doctor.finding import Finding
from grader.errors import GraderError
from grader.execution.job import Job
from grader.execution.run import run_job
from grader.files.cache import prepare
from grader.rubric.model import Rubric
from grader.sandbox.base import Backend
from grader.sandbox.forkserver import Warm
from grader.sandbox.select import choose, trials, warmed
from grader.sandbox.unsandboxed import NONE
from grader.sandbox.verify import Trial

# MERGED: Kernels: a real one is started with the grading model, and one is forked.
_PROTECTION = {
    "bubblewrap": "bubblewrap: no network, no files but their own, limits on everything",
    "landlock": "landlock: no network, no files but their own, limits; processes and free disk "
    "space of this machine can be seen",
    None: "no sandbox: limits on time only. Answers stay out of the notebook's process all the "
    "same, but not out of its reach on the disk",
}
_STRONGER = (
    "For more protection, on Debian or Ubuntu: apt install bubblewrap libseccomp2; "
    "`--isolation strict` says what else is missing."
)
_TRUSTED = "Your own notebook is fine. Of others grade only those you trust. "


def isolation(tried: Iterable[Trial] | None = None) -> Iterator[Finding]:
    """Every kind of sandbox, the strongest first, and what notebooks run in.

    Args:
        tried: What came of trying them, if that has been done.
    """
    best = None
    for trial in trials() if tried is None else tried:
        name, problem = trial.backend.name, trial.problem
        needed = problem is not None and best is None
        spare = "" if needed else "not to be had here, and not needed: "
        best = best or (name if problem is None else None)
        yield Finding(
            name=f"Isolation: {name}",
            says=f"{spare}{problem}" if problem else "holds (tried just now)",
            state="warning" if needed else "ok",
            advice=_STRONGER if needed else "",
        )
    yield Finding(
        name="Notebooks run in",
        says=_PROTECTION[best],
        state="ok" if best else "warning",
        advice="" if best else _TRUSTED + _STRONGER,
    )


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
