"""Plans a batch and grades several submissions at a time, on any executor.

An executor is a pool of local threads (`local_executor`) or of cluster workers
(`grader.batch.dask_cluster`).
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from grader.batch.discovery.student_files import StudentFiles
from grader.batch.grade_one import SubmissionGrader
from grader.batch.results.record import EarlierVersionError, SubmissionResult
from grader.batch.results.store import ResultsStore
from grader.grading.session import GradingSession, prefork
from grader.rubric.sections import Limits

_POLL_SECONDS = 2.0
"""Interval at which the executor's capacity is read again: a cluster may have grown."""


class Executor(Protocol):
    """Grades submissions concurrently, in any order."""

    def capacity(self) -> int:
        """Return the number of submissions to keep in flight, including queued ones."""

    def submit(self, files: StudentFiles) -> "Future[SubmissionResult]":
        """Start grading a loaded notebook."""

    def result(self, future: "Future[SubmissionResult]") -> SubmissionResult:
        """Return the result of a future that is done.

        Raises:
            GraderError: The executor cannot grade any more submissions.
        """


class ThreadExecutor:
    """Grades in this process: each thread waits for a kernel of its own."""

    def __init__(self, grader: SubmissionGrader, jobs: int) -> None:
        """Start the threads."""
        self._grader, self._jobs = grader, jobs
        self._executor = ThreadPoolExecutor(jobs)

    def capacity(self) -> int:
        """Return the number of threads plus one, so that no thread has to wait for a notebook."""
        return self._jobs + 1

    def submit(self, files: StudentFiles) -> "Future[SubmissionResult]":
        """Start grading a loaded notebook."""
        return self._executor.submit(self._grader.grade, files.student, files.filename, files.data)

    def result(self, future: "Future[SubmissionResult]") -> SubmissionResult:
        """Return the result of a future that is done."""
        return future.result()

    def shut_down(self) -> None:
        """Cancel queued submissions and wait for the running ones."""
        self._executor.shutdown(cancel_futures=True)


@contextmanager
def local_executor(session: GradingSession, jobs: int) -> Iterator[Executor]:
    """Start an executor in this process, with forked kernels if the sandbox supports them.

    Args:
        session: The session that grades.
        jobs: Number of notebooks to run at a time; they share the device's memory.
    """
    with prefork(replace(session, memory_fraction=1 / jobs)) as preforked:
        executor = ThreadExecutor(SubmissionGrader.of(preforked), jobs)
        try:
            yield executor
        finally:
            executor.shut_down()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlan:
    """Submissions that have to be graded, and results that are still current."""

    pending: tuple[StudentFiles, ...]
    finished: tuple[SubmissionResult, ...]


def plan_batch(
    students: Sequence[StudentFiles],
    store: ResultsStore,
    config_sha256: str,
    limits: Limits,
    *,
    force: bool = False,
) -> BatchPlan:
    """Decide which submissions have to be graded.

    Args:
        students: All submissions.
        store: The results folder, with the results of earlier runs.
        config_sha256: Digest of everything the batch is graded by.
        limits: Size limits of a notebook.
        force: Grade all of them again.
    """
    pending, finished = [], []
    for files in students:
        result = None if force else _earlier_result(store, files.student)
        if result and _is_current(result, files, config_sha256, limits):
            finished.append(result)
        else:
            pending.append(files)
    return BatchPlan(pending=tuple(pending), finished=tuple(finished))


def run_all(
    pending: Iterable[StudentFiles], executor: Executor, limits: Limits, *, config_sha256: str
) -> Iterator[SubmissionResult]:
    """Grade submissions, several at a time, and yield each result as it ends.

    Only as many notebooks are in memory as the executor has capacity for.

    Args:
        pending: The submissions to grade.
        executor: Runs them.
        limits: Size limits of a notebook.
        config_sha256: Digest of everything the batch is graded by.

    Raises:
        GraderError: The executor is lost.
    """
    waiting = deque(pending)
    running: dict[Future[SubmissionResult], StudentFiles] = {}
    while waiting or running:
        while waiting and len(running) < executor.capacity():
            files = waiting.popleft().load(limits)
            if files.refusal is not None:
                refused = SubmissionResult(
                    student=files.student, state="ungradable", reason=files.refusal
                )
                yield refused.of_student(files, config_sha256=config_sha256)
            else:
                running[executor.submit(files)] = files
        for future in wait(running, _POLL_SECONDS, FIRST_COMPLETED).done:
            files = running.pop(future)
            yield executor.result(future).of_student(files, config_sha256=config_sha256)


def _earlier_result(store: ResultsStore, student: str) -> SubmissionResult | None:
    try:
        return store.result(student)
    except EarlierVersionError:
        return None


def _is_current(
    result: SubmissionResult, files: StudentFiles, config_sha256: str, limits: Limits
) -> bool:
    if result.state == "crashed" or result.config_sha256 != config_sha256:
        return False
    return result.notebook_sha256 == files.load(limits).sha256
