"""Checks what a kernel defines: runs the probes in it and judges them as `grade` does."""

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from grader.charts import Chart
from grader.execution.job import Job, PreparedSubmission, ProbeSpec, build_job
from grader.execution.result import RunResult
from grader.grading.pipeline import judge_run
from grader.ipython_magic.installed_lab import installed_lab, model_store
from grader.ipython_magic.namespace import preserve_state, stubs_in, student_names
from grader.ipython_magic.selection import select_for_kernel
from grader.kernel.model_store import ModelStore
from grader.kernel.probe import evaluate
from grader.kernel.startup import describe_environment
from grader.kernel.student_model import MODEL_VARIABLE, device_of, same_weights
from grader.protocol.encoding import pack, unpack
from grader.protocol.json_fields import UnreadableError
from grader.protocol.values import Failure, Observation, SequenceValue
from grader.report.model import Report
from grader.submission.read import Submission

ISOLATION = "this kernel"
"""The isolation that a check's report names."""
PUBLIC_NOTE = (
    "This check uses public inputs only: your grade comes from `grade`, which tests more. "
    "It sees the cells that you have run: run a cell again after you change it."
)
_SEED = 0
_THIS_NOTEBOOK = Submission(
    name="this notebook, as far as it has been run",
    sha256="",
    student=None,
    cells=(),
    total_cells=0,
)


class StoppedError(Exception):
    """The student interrupted a function; the message names the function and the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The result of a check: a report, and charts of the criteria that lost points."""

    report: Report
    charts: tuple[Chart, ...]


def check(namespace: dict[str, Any], name: str | None = None) -> Checked:
    """Judge what a kernel defines; the namespace is the same afterwards.

    Args:
        name: A criterion's id or a function's name; None checks everything.

    Returns:
        The result. Its report has no verdicts if nothing can be judged here.

    Raises:
        RubricError: There is no such criterion or function.
        AnswerKeyError: The lab has no public key.
        KernelError: A grading model cannot be built.
        StoppedError: The student interrupted a function.
        KeyboardInterrupt: The student interrupted the construction of a model.
    """
    lab = installed_lab()
    with preserve_state(namespace):
        models = model_store(device_of(namespace))
        grading = lab.file.rubric.models["grading"]
        choice = select_for_kernel(
            lab.file.rubric,
            name,
            same_model=lambda: same_weights(
                namespace.get(MODEL_VARIABLE), models.pristine(grading)
            ),
        )
        not_attempted = stubs_in(namespace, choice.rubric.functions)
        job = build_job(
            choice.rubric,
            lab.key.recordings,
            not_attempted=not_attempted,
            device=models.device,
            seed=_SEED,
        )
        execution = run_probes(job, namespace, models)
    prepared = PreparedSubmission(
        job=job,
        not_attempted=not_attempted,
        defined_names=student_names(namespace),
        notes=choice.left_out,
    )
    file = replace(lab.file, rubric=choice.rubric)
    graded = judge_run(_THIS_NOTEBOOK, file, lab.key, prepared, execution, only=name)
    report = graded.report
    # Charts of right answers would only make the notebook's file larger.
    lost = {verdict.id for verdict in report.verdicts if verdict.points < verdict.max_points}
    return Checked(
        report=replace(report, notes=(*report.notes, PUBLIC_NOTE)),
        charts=tuple(chart for chart in graded.charts if chart.criterion in lost),
    )


def run_probes(job: Job, namespace: dict[str, Any], models: ModelStore) -> RunResult:
    """Evaluate a job's probes, one after the other, in the student's namespace.

    Raises:
        StoppedError: The student interrupted a function.
    """
    observations: dict[str, Observation] = {}
    seconds: dict[str, float] = {}
    for probe in job.probes:
        start = perf_counter()
        observations[probe.id] = _evaluate(probe, job, namespace, models)
        seconds[probe.id] = perf_counter() - start
    return RunResult(
        environment=describe_environment(models, job.model, models.as_is(job.model)),
        cells=(),
        observations=observations,
        seconds=seconds,
        heatmaps=SequenceValue(kind="figure", items=()),
        complete=True,
        isolation=ISOLATION,
    )


def _evaluate(
    probe: ProbeSpec, job: Job, namespace: dict[str, Any], models: ModelStore
) -> Observation:
    # The student's own model is never used: without another binding, `model` is the grading model.
    head = {**probe.header(), "models": {MODEL_VARIABLE: job.model, **probe.models}}
    recordings = [job.recordings[name] for name in probe.provide]
    observation = evaluate(head, recordings, namespace, models)
    if isinstance(observation, Failure) and observation.ename == KeyboardInterrupt.__name__:
        raise StoppedError(f"{probe.function}{observation.message}")
    try:
        return unpack(pack(observation))  # the same limits as on the way from a grading kernel
    except UnreadableError as error:
        return Failure(kind="unreadable", message=str(error))
