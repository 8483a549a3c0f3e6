"""Grades a folder or zip of submissions into a results folder: the front door of a batch.

`run_batch` finds the submissions, decides which of them have to be graded, grades these on an
executor, stores each result, and finalises the batch. It prints nothing: progress goes to
`BatchEvents`.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from grader.batch.batch_info import batch_info, info_json
from grader.batch.discovery.find import SearchOptions, find_submissions
from grader.batch.discovery.student_files import StudentFiles
from grader.batch.finalize import FinalizedBatch, finalize, read_policies
from grader.batch.gradebook import GradebookRow
from grader.batch.results.fingerprint import GradingFingerprint
from grader.batch.results.record import SubmissionResult
from grader.batch.results.store import BATCH_FILE, ResultsStore
from grader.batch.scheduler import Executor, local_executor, plan_batch, run_all
from grader.errors import GraderError
from grader.files.escape import escape_text
from grader.grading.pipeline import AnyPath
from grader.grading.session import (
    GradingEvents,
    GradingSession,
    Settings,
    open_session,
    why_hidden_skipped,
)
from grader.rubric.load import RubricFile, load_rubric
from grader.rubric.model import Rubric
from grader.sandbox.select import IsolationLevel


def available_cpus() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """A request to grade a folder or zip of submissions."""

    source: Path
    """The folder or zip."""
    results: Path
    """The results folder; it is created if it does not exist."""
    jobs: int = field(default_factory=available_cpus)
    """Number of notebooks to run at a time."""
    force: bool = False
    """Grade finished submissions again."""
    student: str | None = None
    """Key of the only student to grade; the others' results stay as they are."""
    assignment: str | None = None
    """The assignment to grade if nbgrader collected several."""
    cluster: str | None = None
    """Address of a Dask scheduler, or ``local``."""
    full: bool | None = None
    """Run the hidden probes; None runs them if a key or the reference is available."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEvents:
    """Callbacks that report the progress of a batch."""

    note: Callable[[str], None] = lambda _text: None
    """Receives a remark, such as that an answer key is being built."""
    warning: Callable[[str], None] = lambda _text: None
    """Receives a warning, such as that hidden probes are left out."""
    planned: Callable[[int, int], None] = lambda _total, _finished_before: None
    """Receives the number of submissions to grade, and of those an earlier run has finished."""
    finished: Callable[[str, SubmissionResult], None] = lambda _student, _result: None
    """Receives each student's key and result as soon as it is stored."""


def run_batch(
    request: BatchRequest,
    rubric_file: RubricFile,
    settings: Settings,
    events: BatchEvents | None = None,
) -> FinalizedBatch:
    """Grade a folder or zip of submissions; finished submissions are not graded again.

    Args:
        request: The submissions and the results folder.
        rubric_file: The rubric.
        settings: Model, device, seed, sandbox and keys; `full` is decided by the request.
        events: Callbacks for progress.

    Raises:
        GraderError: There are no submissions, they cannot be graded, or results cannot be written.
    """
    events = events or BatchEvents()
    store = ResultsStore(request.results)
    with store.lock(), store.temp_dir() as unpack_into:
        students = _find(request, rubric_file.rubric, unpack_into)
        known = _earlier_info(store, rubric_file, force=request.force)
        settings = _with_hidden_probes(settings, rubric_file, events, full=request.full)
        settings = _with_earlier_seed(settings, known)
        session = open_session(rubric_file, settings, GradingEvents(note=events.note))
        fingerprint, rubric = GradingFingerprint.of(session), session.rubric_file.rubric
        # Read before grading, so that mistakes in the policies are reported at once.
        policies = read_policies(store.folder, rubric)
        info = batch_info(session, fingerprint, request.source.name)
        store.write_batch_file(BATCH_FILE, info_json(known | info))
        selected = [files for files in students if request.student in {None, files.student}]
        plan = plan_batch(selected, store, fingerprint.digest, rubric.limits, force=request.force)
        events.planned(len(plan.pending), len(plan.finished))
        if plan.pending:
            _grade_pending(plan.pending, session, fingerprint.digest, store, request, events)
        keys = [files.student for files in students]
        return finalize(keys, store, rubric, policies, info=info, key=session.key)


def grade_folder(  # noqa: PLR0913 (one parameter per option of `grade FOLDER`)
    source: AnyPath,
    *,
    output: AnyPath,
    rubric: str | Path | RubricFile | None = None,
    hidden: bool | None = None,
    key: AnyPath | None = None,
    model: str | None = None,
    device: str = "auto",
    seed: int | None = None,
    sandbox: IsolationLevel = "auto",
    jobs: int | None = None,
    student: str | None = None,
    force: bool = False,
    events: BatchEvents | None = None,
) -> tuple[GradebookRow, ...]:
    """Grade a folder or zip of submissions, as ``grade FOLDER -o OUTPUT`` does.

    Args:
        source: The folder or zip, in any layout that a course platform exports.
        output: The results folder. Submissions that it holds already are not graded again.
        rubric: A lab's name, a rubric file or a loaded rubric; by default the installed lab.
        hidden: Run the hidden probes; None runs them if a key or the reference is available.
        key: A hidden answer key; implies `hidden`.
        model: Model to grade on, instead of the rubric's grading model.
        device: ``auto``, ``cpu`` or ``cuda``.
        seed: Random seed. Defaults to 0; with hidden probes, to a new secret seed.
        sandbox: As in `grade_notebook`.
        jobs: Number of notebooks to grade at a time; by default the number of processors.
        student: Key of the only student to grade.
        force: Grade finished submissions again.
        events: Callbacks for progress.

    Returns:
        The rows of the gradebook, one per student, with overrides and late penalties applied.

    Raises:
        GraderError: There are no submissions, they cannot be graded, or results cannot be written.
    """
    file = rubric if isinstance(rubric, RubricFile) else load_rubric(rubric)
    hidden = True if hidden is None and key is not None else hidden
    settings = Settings(
        model=model,
        device=device,
        seed=seed,
        full=bool(hidden),
        hidden_key=None if key is None else Path(key),
        isolation=sandbox,
    )
    request = BatchRequest(
        source=Path(source),
        results=Path(output),
        jobs=jobs or available_cpus(),
        force=force,
        student=student,
        full=hidden,
    )
    return run_batch(request, file, settings, events).rows


def _find(request: BatchRequest, rubric: Rubric, unpack_into: Path) -> tuple[StudentFiles, ...]:
    names = frozenset(c.function for c in rubric.criteria if c.function)
    options = SearchOptions(names=names, limits=rubric.limits, assignment=request.assignment)
    students = find_submissions(request.source, unpack_into, options, skip=request.results)
    if request.student is not None and request.student not in {one.student for one in students}:
        listed = ", ".join(escape_text(one.student) for one in students[:5])
        raise GraderError(
            f"Nobody is called {escape_text(request.student)!r}: "
            f"give a student's key, such as {listed}."
        )
    return students


def _earlier_info(store: ResultsStore, file: RubricFile, *, force: bool) -> dict[str, Any]:
    """Return ``batch.json`` of an earlier run with the same rubric.

    Raises:
        GraderError: It has another rubric, whose results must not be mixed with this one's.
    """
    known = store.read_batch_info()
    earlier = (known.get("rubric") or {}).get("sha256")
    if earlier and earlier != file.sha256 and not force:
        raise GraderError(
            f"{escape_text(str(store.folder))} holds results of another rubric, or of an older "
            "version: give another folder, or run everything again with --force."
        )
    return known if earlier == file.sha256 else {}


def _with_hidden_probes(
    settings: Settings, file: RubricFile, events: BatchEvents, *, full: bool | None
) -> Settings:
    """Turn hidden probes on if they are requested, or possible and not ruled out."""
    if full is not None:
        return replace(settings, full=full)
    if not any(probe.hidden for probe in file.rubric.probes.values()):
        return settings
    if (reason := why_hidden_skipped(file, settings)) is None:
        return replace(settings, full=True)
    events.warning(reason)
    return settings


def _with_earlier_seed(settings: Settings, known: dict[str, Any]) -> Settings:
    """Keep the seed of the hidden probes that the batch was begun with."""
    earlier = known.get("seed")
    if settings.full and settings.seed is None and settings.hidden_key is None and earlier:
        return replace(settings, seed=int(earlier))
    return settings


def _grade_pending(  # noqa: PLR0913, PLR0917 (all of them are one batch's)
    pending: tuple[StudentFiles, ...],
    session: GradingSession,
    config_sha256: str,
    store: ResultsStore,
    request: BatchRequest,
    events: BatchEvents,
) -> None:
    limits = session.rubric_file.rubric.limits
    with _executor(request, session, min(request.jobs, len(pending))) as executor:
        for result in run_all(pending, executor, limits, config_sha256=config_sha256):
            store.save(result)
            events.finished(result.student, result)


def _executor(
    request: BatchRequest, session: GradingSession, jobs: int
) -> "AbstractContextManager[Executor]":
    """Return local threads, or the workers of a cluster."""
    if request.cluster is None:
        return local_executor(session, jobs)
    try:
        from grader.batch.dask_cluster import cluster_executor  # noqa: PLC0415 (an extra's)
    except ImportError as error:
        raise GraderError(
            "--cluster needs more packages: pip install 'induction-lab-grader[cluster]'."
        ) from error
    return cluster_executor(request.cluster, session, jobs)
