"""Builds the report from a rubric, an answer key and the result of a run. Runs no code itself."""

from dataclasses import replace
from typing import Any, Literal

from grader.answer_key.model import AnswerKey
from grader.charts import Chart, extract_charts
from grader.execution.job import PreparedSubmission
from grader.execution.result import CellOutcome, RunResult
from grader.judging.failures import was_skipped
from grader.judging.judge import Judge, carried_forward_notes
from grader.protocol.values import Failure, Observation
from grader.report.model import CellError, Report, Verdict
from grader.rubric.load import RubricFile
from grader.rubric.model import Rubric
from grader.rubric.sections import Limits
from grader.submission.read import Submission

_PUBLIC_ENVIRONMENT = ("python", "torch", "transformer_lens", "model", "device")
"""Fields that a report copies from the environment that the kernel describes."""


def build_report(
    submission: Submission,
    file: RubricFile,
    key: AnswerKey,
    prepared: PreparedSubmission,
    execution: RunResult,
) -> Report:
    """Judge what a run observed and return the report."""
    rubric = file.rubric
    observations = collect_observations(rubric, prepared, execution)
    verdicts = Judge(
        rubric=_with_device_tolerances(rubric, key, execution),
        key=key,
        observations=observations,
        seconds=execution.seconds,
        defined_names=prepared.defined_names,
    ).verdicts()
    skipped = any(isinstance(o, Failure) and was_skipped(o) for o in observations.values())
    blocked = any(v.outcome == "blocked" for v in verdicts)
    is_partial = skipped or blocked or not execution.complete
    status: Literal["graded", "partial"] = "partial" if is_partial else "graded"
    errors = (_cell_error(cell, rubric.limits) for cell in execution.cells)
    return Report(
        status=status,
        name=submission.name,
        sha256=submission.sha256,
        student=submission.student,
        lab=rubric.lab,
        lab_title=rubric.title,
        rubric_version=rubric.version,
        rubric_sha256=file.sha256,
        total=sum(c.points for c in rubric.criteria if not c.bonus),
        verdicts=verdicts,
        cells=submission.total_cells,
        seconds=sum(cell.seconds for cell in execution.cells),
        cell_errors=tuple(error for error in errors if error),
        notes=(*_limit_notes(execution), *prepared.notes, *carried_forward_notes(rubric, verdicts)),
        environment=_environment(execution, prepared.job.seed),
    )


def with_run_info(report: Report, *, full: bool, seed: int) -> Report:
    """Return the report with the run's settings: hidden probes or not, and the seed."""
    settings = {"hidden_probes": full, "seed": seed}
    return replace(report, environment={**report.environment, **settings})


def charts_for(
    rubric: Rubric,
    key: AnswerKey,
    prepared: PreparedSubmission,
    execution: RunResult,
    verdicts: tuple[Verdict, ...],
) -> tuple[Chart, ...]:
    """Return the charts that a report shows beside some verdicts."""
    return extract_charts(rubric, key, collect_observations(rubric, prepared, execution), verdicts)


def collect_observations(
    rubric: Rubric, prepared: PreparedSubmission, execution: RunResult
) -> dict[str, Observation]:
    """Return every probe's observation; a probe that was not run has a `Failure` that says why."""
    observations: dict[str, Observation] = {}
    for name, probe in rubric.probes.items():
        if probe.reference_only:
            continue
        not_reached: Failure = Failure(kind="timed_out", message="notebook")
        if probe.function in prepared.not_attempted:
            observations[name] = Failure(kind="not_attempted", message=probe.function)
        elif probe.figures:
            heatmaps = execution.heatmaps
            observations[name] = heatmaps if heatmaps.items else Failure(kind="missing")
        else:
            observations[name] = execution.observations.get(name, not_reached)
    return observations


def _with_device_tolerances(rubric: Rubric, key: AnswerKey, execution: RunResult) -> Rubric:
    """Widen ``same_device`` to ``cross_device`` if the key was made on another kind of device."""
    tolerances = rubric.all_tolerances
    if str(execution.environment.get("device")) == key.provenance.device:
        return rubric
    return rubric.model_copy(
        update={"tolerances": {**tolerances, "same_device": tolerances["cross_device"]}}
    )


def _limit_notes(execution: RunResult) -> tuple[str, ...]:
    return (f"The notebook {execution.limit_exceeded}.",) if execution.limit_exceeded else ()


def _cell_error(cell: CellOutcome, limits: Limits) -> CellError | None:
    match cell.status:
        case "ok":
            return None
        case "error":
            return CellError(
                cell=cell.index, ename=cell.ename, evalue=cell.evalue, traceback=cell.traceback
            )
        case "timed_out":
            limit = limits.cell if cell.limit == "cell" else limits.notebook
            text = f"stopped at the {cell.limit or 'cell'} limit of {limit:g} s"
            return CellError(cell=cell.index, ename="TimeLimit", evalue=text)
        case "died" | "garbled":
            text = "this cell crashed the kernel; only its definitions were kept"
            return CellError(cell=cell.index, ename="KernelDied", evalue=text)
        case "unsound":
            text = (
                "after this cell Python or its libraries no longer work as they did before, so "
                "nothing could be tested; only its definitions were kept"
            )
            return CellError(cell=cell.index, ename="Unsound", evalue=text)
        case _:
            text = f"not run: the notebook limit of {limits.notebook:g} s was used up"
            return CellError(cell=cell.index, ename="NotRun", evalue=text)


def _environment(execution: RunResult, seed: int) -> dict[str, Any]:
    """Return the report's environment; the isolation is the grader's own knowledge."""
    described = {name: execution.environment.get(name) for name in _PUBLIC_ENVIRONMENT}
    return {**described, "isolation": execution.isolation, "seed": seed}
