"""Checks the sandboxes, and starts real kernels: a fresh one and a forked one."""

from collections.abc import Iterable, Iterator
from time import monotonic

from grader.doctor.finding import Finding
from grader.errors import GraderError
from grader.execution.job import Job
from grader.execution.run import run_job
from grader.files.cache import build_cache
from grader.rubric.model import Rubric
from grader.sandbox.base import Backend
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.select import check_backends, choose_backend, with_fork_server
from grader.sandbox.unsandboxed import UNSANDBOXED
from grader.sandbox.verify import BackendCheck

_PROTECTION = {
    "bubblewrap": "bubblewrap: no network, no files but their own, limits on everything",
    "landlock": "landlock: no network, no files but their own, limits; this machine's processes "
    "and free disk space are visible",
    None: "no sandbox: only time limits. Answers are never in the notebook's process, but it could "
    "read them from the disk",
}
_STRONGER = (
    "For more protection, on Debian or Ubuntu: apt install bubblewrap libseccomp2; "
    "`--isolation strict` shows what else is missing."
)
_TRUSTED_ONLY = "Your own notebook is fine; grade those of others only if you trust them. "
_SLOW_SECONDS = 30.0
"""Start time that is suspicious: a kernel takes five seconds on an idle machine."""


def check_isolation(tried: Iterable[BackendCheck] | None = None) -> Iterator[Finding]:
    """Check every sandbox backend, the strongest first, and report which one notebooks run in.

    Args:
        tried: Results of trying the backends; by default they are tried now.
    """
    best = None
    for trial in check_backends() if tried is None else tried:
        name, problem = trial.backend.name, trial.problem
        is_missed = problem is not None and best is None
        prefix = "" if is_missed else "does not work here and is not needed: "
        best = best or (name if problem is None else None)
        yield Finding(
            name=f"Isolation: {name}",
            message=f"{prefix}{problem}" if problem else "works (tested just now)",
            state="warning" if is_missed else "ok",
            advice=_STRONGER if is_missed else "",
        )
    yield Finding(
        name="Notebooks run in",
        message=_PROTECTION[best],
        state="ok" if best else "warning",
        advice="" if best else _TRUSTED_ONLY + _STRONGER,
    )


def check_kernels(rubric: Rubric) -> Iterator[Finding]:
    """Start a kernel with the rubric's grading model, then one forked from a fork server."""
    job = Job(
        cells=(),
        probes=(),
        recordings={},
        limits=rubric.limits,
        model=rubric.models["grading"],
        device="auto",
        seed=0,
    )
    backend = choose_backend("auto")
    finding = check_kernel(job, backend)
    yield finding
    if finding.state == "problem":
        return
    with with_fork_server(backend, job.model) as forking_backend:
        yield _check_forkserver(job, forking_backend)


def check_kernel(job: Job, backend: Backend) -> Finding:
    """Start a kernel with a model, and measure the time.

    Args:
        job: A job without cells and probes.
        backend: The sandbox to run it in.
    """
    try:
        if backend is not UNSANDBOXED:
            build_cache()  # done once, so it does not count as this kernel's time
        seconds, device = _timed_run(job, backend)
    except GraderError as error:
        return Finding(
            name="Kernel",
            message=str(error),
            state="problem",
            advice="Try `grade NOTEBOOK --isolation none`. If that works, the sandbox is the "
            "cause; if not, install the grader in an environment of its own.",
        )
    is_slow = seconds > _SLOW_SECONDS
    return Finding(
        name="Kernel",
        message=f"starts with {device}, in {seconds:.1f} s",
        state="warning" if is_slow else "ok",
        advice="That is slow: is another program running, or is this a network disk?"
        if is_slow
        else "",
    )


def _check_forkserver(job: Job, backend: Backend) -> Finding:
    name = "Forked kernels"
    if not isinstance(backend, ForkServer):
        says = "do not work here: --watch and batches start each kernel anew, which takes seconds."
        return Finding(name=name, message=says)
    try:
        seconds, _ = _timed_run(job, backend)
    except GraderError as error:
        return Finding(
            name=name,
            message=str(error),
            state="warning",
            advice="--watch and batches are slower; their verdicts are the same.",
        )
    return Finding(name=name, message=f"start in {seconds:.1f} s: --watch and batches are fast.")


def _timed_run(job: Job, backend: Backend) -> tuple[float, str]:
    """Run a job; return the seconds it took, and its model and device."""
    start = monotonic()
    environment = run_job(job, backend=backend).environment
    return monotonic() - start, f"{environment['model']} on {environment['device']}"
