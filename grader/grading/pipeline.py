"""Grades one submission: the one path of the command line, batches, pytest and the Python API."""

from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

from grader.answer_key.model import AnswerKey
from grader.charts import Chart
from grader.execution.job import PreparedSubmission, prepare_submission
from grader.execution.result import RunResult
from grader.execution.run import run_job
from grader.grading.report_builder import build_report, charts_for, with_run_info
from grader.grading.session import GradingEvents, GradingSession, Settings, open_session
from grader.report.model import Report
from grader.rubric.load import RubricFile, load_rubric
from grader.sandbox.select import IsolationLevel
from grader.submission.read import Submission, read_submission

AnyPath = str | PathLike[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A graded submission: its report, the report's charts, and the run they come from."""

    report: Report
    charts: tuple[Chart, ...]
    submission: Submission
    prepared: PreparedSubmission
    result: RunResult


def grade_notebook(  # noqa: PLR0913 (one parameter per option of `grade NOTEBOOK`)
    path: AnyPath,
    *,
    rubric: str | Path | RubricFile | None = None,
    hidden: bool = False,
    key: AnyPath | None = None,
    model: str | None = None,
    device: str = "auto",
    seed: int | None = None,
    only: str | None = None,
    sandbox: IsolationLevel = "auto",
    events: GradingEvents | None = None,
) -> Report:
    """Grade one notebook and return its report.

    Args:
        path: The notebook.
        rubric: A lab's name, a rubric file or a loaded rubric; by default the installed lab.
        hidden: Run the hidden probes too. This needs the reference or `key`, and a sandbox.
        key: A hidden answer key (`grade key build --full`); implies `hidden`.
        model: Model to grade on, instead of the rubric's grading model.
        device: ``auto``, ``cpu`` or ``cuda``.
        seed: Random seed. Defaults to 0; with hidden probes, to a new secret seed.
        only: Grade one criterion (by its id) or one function (by its name).
        sandbox: ``auto`` uses the strongest sandbox available, ``strict`` requires one and
            ``none`` runs the notebook without.
        events: Callbacks for progress and notes.

    Raises:
        SubmissionError: The file is not a notebook that can be run.
        RubricError: The rubric is absent or has mistakes, or `only` selects nothing.
        AnswerKeyError: No answer key fits.
        KernelError: No kernel could be started, or the required sandbox is not available.
    """
    settings = Settings(
        model=model,
        device=device,
        seed=seed,
        only=only,
        full=hidden or key is not None,
        hidden_key=None if key is None else Path(key),
        isolation=sandbox,
    )
    file = rubric if isinstance(rubric, RubricFile) else load_rubric(rubric)
    return grade_file(Path(path), file, settings, events).report


def grade_file(
    path: Path, file: RubricFile, settings: Settings, events: GradingEvents | None = None
) -> Graded:
    """Grade one notebook in a session of its own.

    Raises:
        GraderError: As `grade_notebook`.
    """
    session = open_session(file, settings, events)
    return grade_submission(
        session, read_submission(path, session.rubric_file.rubric.limits), events
    )


def grade_submission(
    session: GradingSession, submission: Submission, events: GradingEvents | None = None
) -> Graded:
    """Grade one of the submissions of a session.

    Raises:
        KernelError: No kernel could be started.
    """
    events = events or GradingEvents()
    settings, rubric = session.settings, session.rubric_file.rubric
    prepared = prepare_submission(
        submission, rubric, session.key.recordings, device=settings.device, seed=session.seed
    )
    events.started(prepared)
    job = replace(prepared.job, memory_fraction=session.memory_fraction)
    execution = run_job(job, events.frame, backend=session.backend, weights=session.weights)
    graded = judge_run(
        submission, session.rubric_file, session.key, prepared, execution, only=settings.only
    )
    return replace(
        graded, report=with_run_info(graded.report, full=settings.full, seed=session.seed)
    )


def judge_run(  # noqa: PLR0913 (what was run, and what it is judged by)
    submission: Submission,
    file: RubricFile,
    key: AnswerKey,
    prepared: PreparedSubmission,
    execution: RunResult,
    *,
    only: str | None,
) -> Graded:
    """Judge a run that has ended, wherever it took place.

    Args:
        only: The criterion or function that the report is limited to.
    """
    report = build_report(submission, file, key, prepared, execution).only(only)
    return Graded(
        report=report,
        charts=charts_for(file.rubric, key, prepared, execution, report.verdicts),
        submission=submission,
        prepared=prepared,
        result=execution,
    )
