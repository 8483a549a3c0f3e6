"""One submission from file to report."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from grader.answer_key.model import AnswerKey
from grader.charts import Picture, pictures_of
from grader.execution.job import Instrumented, instrument
from grader.execution.result import CellOutcome, Execution
from grader.execution.run import run_job
from grader.grading.session import Listener, Settings, Sitting, open_sitting
from grader.judging.failures import not_run
from grader.judging.judge import Judge, own_merits
from grader.protocol.values import Failure, Observation
from grader.report.model import CellTrouble, Report, Verdict
from grader.rubric.load import RubricFile
from grader.rubric.model import Limits, Rubric
from grader.submission.read import Submission, read_submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A submission that has run, and what became of it."""

    report: Report
    pictures: tuple[Picture, ...]
    submission: Submission
    prepared: Instrumented
    execution: Execution


def grade(
    path: Path, file: RubricFile, settings: Settings, listener: Listener | None = None
) -> Report:
    """Grade one notebook; as `grade_file`, of which this is the report."""
    return grade_file(path, file, settings, listener).report


def grade_file(
    path: Path, file: RubricFile, settings: Settings, listener: Listener | None = None
) -> Graded:
    """Grade one notebook.

    Args:
        path: The notebook.
        file: The rubric.
        settings: Model, device, seed, selection.
        listener: Told of every step.

    Raises:
        SubmissionError: The file is not a notebook that can be run.
        RubricError: Nothing of the rubric is selected.
        AnswerKeyError: No key fits.
        KernelError: No kernel could be started, or not in the isolation asked for.
    """
    sitting = open_sitting(file, settings, listener)
    submission = read_submission(path, sitting.file.rubric.limits)
    return grade_in(sitting, submission, listener)


def grade_in(sitting: Sitting, submission: Submission, listener: Listener | None = None) -> Graded:
    """Grade one of several notebooks.

    Args:
        sitting: What they have in common.
        submission: The notebook.
        listener: Told of every step.

    Raises:
        KernelError: No kernel could be started.
    """
    listener = listener or Listener()
    settings, rubric = sitting.settings, sitting.file.rubric
    prepared = instrument(
        submission, rubric, sitting.key.recordings, device=settings.device, seed=sitting.seed
    )
    listener.started(prepared)
    job = replace(prepared.job, share=sitting.share)
    execution = run_job(job, listener.frame, backend=sitting.backend, weights=sitting.weights)
    report = judge(submission, sitting.file, sitting.key, prepared, execution)
    report = of_run(report, full=settings.full, seed=sitting.seed).about(settings.only)
    return Graded(
        report=report,
        pictures=pictures_in(rubric, sitting.key, prepared, execution, report.verdicts),
        submission=submission,
        prepared=prepared,
        execution=execution,
    )


def of_run(report: Report, *, full: bool, seed: int) -> Report:
    """The report with what was chosen for the run: whether it was a full one, and its seed."""
    seen = {"hidden_probes": full, "seed": seed}
    return replace(report, environment={**report.environment, **seen})


def judge(
    submission: Submission,
    file: RubricFile,
    key: AnswerKey,
    prepared: Instrumented,
    execution: Execution,
) -> Report:
    """Turn what was seen into a report; pure."""
    rubric = file.rubric
    observations = observed(rubric, prepared, execution)
    verdicts = Judge(
        rubric=_for_device(rubric, key, execution),
        key=key,
        observations=observations,
        seconds=execution.seconds,
        names=prepared.names,
    ).verdicts()
    skipped = any(isinstance(o, Failure) and not_run(o) for o in observations.values())
    blocked = any(v.outcome == "blocked" for v in verdicts)
    stopped = skipped or blocked or not execution.complete
    status: Literal["graded", "partial"] = "partial" if stopped else "graded"
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
        troubles=tuple(
            trouble for cell in execution.cells if (trouble := _trouble(cell, rubric.limits))
        ),
        notes=(*_overrun(execution), *prepared.notes, *own_merits(rubric, verdicts)),
        environment=_environment(execution, prepared.job.seed),
    )


def pictures_in(
    rubric: Rubric,
    key: AnswerKey,
    prepared: Instrumented,
    execution: Execution,
    verdicts: tuple[Verdict, ...],
) -> tuple[Picture, ...]:
    """What there is to see of some verdicts' criteria."""
    return pictures_of(rubric, key, observed(rubric, prepared, execution), verdicts)


def observed(
    rubric: Rubric, prepared: Instrumented, execution: Execution
) -> dict[str, Observation]:
    """Every probe's observation, those that were not run included."""
    found: dict[str, Observation] = {}
    for name, probe in rubric.probes.items():
        if probe.reference_only:
            continue
        absent: Failure = Failure(kind="timed_out", message="notebook")
        if probe.function in prepared.not_attempted:
            found[name] = Failure(kind="not_attempted", message=probe.function)
        elif probe.figures:
            drawn = execution.heatmaps
            found[name] = drawn if drawn.items else Failure(kind="missing")
        else:
            found[name] = execution.observations.get(name, absent)
    return found


def _for_device(rubric: Rubric, key: AnswerKey, execution: Execution) -> Rubric:
    """Where the key is from another kind of device, tolerances widen to ``cross_device``."""
    classes = rubric.all_tolerances
    if str(execution.environment.get("device")) == key.about.device:
        return rubric
    return rubric.model_copy(
        update={"tolerances": {**classes, "same_device": classes["cross_device"]}}
    )


def _overrun(execution: Execution) -> tuple[str, ...]:
    return (f"The notebook {execution.overrun}.",) if execution.overrun else ()


def _trouble(cell: CellOutcome, limits: Limits) -> CellTrouble | None:
    match cell.status:
        case "ok":
            return None
        case "error":
            return CellTrouble(
                cell=cell.index, ename=cell.ename, evalue=cell.evalue, traceback=cell.traceback
            )
        case "timed_out":
            limit = limits.cell if cell.limit == "cell" else limits.notebook
            text = f"stopped at the {cell.limit or 'cell'} limit of {limit:g} s"
            return CellTrouble(cell=cell.index, ename="TimeLimit", evalue=text)
        case "died" | "garbled":
            text = "this cell ended Python; only its definitions were kept"
            return CellTrouble(cell=cell.index, ename="KernelDied", evalue=text)
        case "unsound":
            text = (
                "after this cell Python or its libraries no longer do what they did before, so "
                "nothing could be asked; only its definitions were kept"
            )
            return CellTrouble(cell=cell.index, ename="Unsound", evalue=text)
        case _:
            text = f"not run: the notebook limit of {limits.notebook:g} s was used up"
            return CellTrouble(cell=cell.index, ename="NotRun", evalue=text)


def _environment(execution: Execution, seed: int) -> dict[str, Any]:
    """What the run was in; how it was kept in is what we know from outside."""
    wanted = ("python", "torch", "transformer_lens", "model", "device")
    seen = {name: execution.environment.get(name) for name in wanted}
    return {**seen, "isolation": execution.isolation, "seed": seed}
