"""A check of what a kernel defines: the probes asked in it, the same judging as `grade`'s."""

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from grader.charts import Picture
from grader.execution.job import Instrumented, Job, ProbeToRun, ask
from grader.execution.result import Execution
from grader.grading.pipeline import judge, pictures_in
from grader.ipython_magic.lab import installed_lab, shelf
from grader.ipython_magic.namespace import names_in, stubs_in, untouched
from grader.ipython_magic.selection import choose
from grader.kernel.model_store import Shelf
from grader.kernel.probe import observe
from grader.kernel.startup import describe
from grader.kernel.student_model import MODEL, device_of, is_like
from grader.protocol.encoding import UnreadableError, pack, unpack
from grader.protocol.values import Failure, Group, Observation
from grader.report.model import Report
from grader.submission.read import Submission

# MERGED: Asking a kernel's functions, one probe after the other, until the student has enough of it.
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


PUBLIC = (
    "A check with public inputs only: your grade comes from `grade`, which asks more. "
    "It sees what has been run: run a cell again after you change it."
)
_SEED = 0
_AS_IT_IS = Submission(
    name="this notebook, as far as it has been run",
    sha256="",
    student=None,
    cells=(),
    total_cells=0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found, and what there is to see of what lost points."""

    report: Report
    pictures: tuple[Picture, ...]


def check(namespace: dict[str, Any], name: str | None = None) -> Checked:
    """Judge what a kernel defines.

    Args:
        namespace: The student's; afterwards as it was.
        name: One criterion's or function's; all if not given.

    Returns:
        A report with its pictures, without verdicts where there is nothing that can be judged here.

    Raises:
        RubricError: There is nothing of this name.
        AnswerKeyError: The lab brings no public key.
        KernelError: A grading model cannot be built.
        StoppedError: A function was interrupted.
        KeyboardInterrupt: So was a build of ours.
    """
    lab = installed_lab()
    with untouched(namespace):
        models = shelf(device_of(namespace))
        grading = lab.file.rubric.models["grading"]
        choice = choose(
            lab.file.rubric,
            name,
            same_model=lambda: is_like(namespace.get(MODEL), models.pristine(grading)),
        )
        empty = stubs_in(namespace, choice.rubric.functions)
        job = ask(
            choice.rubric,
            lab.key.recordings,
            not_attempted=empty,
            device=models.device,
            seed=_SEED,
        )
        execution = ask_all(job, namespace, models)
    prepared = Instrumented(
        job=job, not_attempted=empty, names=names_in(namespace), notes=choice.left_out
    )
    file = replace(lab.file, rubric=choice.rubric)
    report = judge(_AS_IT_IS, file, lab.key, prepared, execution).about(name)
    # What is right has been drawn by the student; here it would only make their file large.
    lost = tuple(verdict for verdict in report.verdicts if verdict.points < verdict.max_points)
    return Checked(
        report=replace(report, notes=(*report.notes, PUBLIC)),
        pictures=pictures_in(choice.rubric, lab.key, prepared, execution, lost),
    )
