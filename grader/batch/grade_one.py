"""Grades one submission of a batch, from its bytes to its result, with retries.

Runs share a device through a `DeviceLock`: a notebook that found no memory on a shared GPU is run
again on its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Condition
from time import monotonic

from grader.batch.gradebook import State
from grader.batch.results.fingerprint import RequestFingerprint, fingerprint_session
from grader.batch.results.observations import encode_run, make_stored_run
from grader.batch.results.record import SubmissionResult
from grader.batch.results.store import EXECUTED_FILE, STORED_RUN_FILE, report_files
from grader.errors import GraderError, KernelError, SubmissionError, one_line
from grader.execution.result import RunResult
from grader.grading.pipeline import Graded, grade_submission
from grader.grading.session import GradingSession
from grader.protocol.values import Failure
from grader.render.executed_notebook import to_notebook
from grader.submission.read import Submission, parse_submission

_MAX_TRIES = 3
_MAX_REASON = 300
_TIME_LIMIT = "was still running"
"""Part of `RunResult.limit_exceeded` when a time limit was exceeded."""
_OUT_OF_MEMORY = "OutOfMemoryError"
"""Name of torch's exception when a device has no free memory."""
_RERUN_ALONE_NOTE = (
    "The GPU ran out of memory, so the notebook was run again on its own; "
    "that run is the one graded."
)


class DeviceLock:
    """A lock with shared and exclusive modes: runs share the device unless one needs it alone."""

    def __init__(self) -> None:
        """Create an unlocked lock."""
        self._changed = Condition()
        self._shared_runs = 0
        self._is_exclusive = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold the lock together with other runs; exclusive runs have priority."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_exclusive)
            self._shared_runs += 1
        try:
            yield
        finally:
            with self._changed:
                self._shared_runs -= 1
                self._changed.notify_all()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the lock alone, after waiting for the current runs."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_exclusive)
            self._is_exclusive = True
            self._changed.wait_for(lambda: not self._shared_runs)
        try:
            yield
        finally:
            with self._changed:
                self._is_exclusive = False
                self._changed.notify_all()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionGrader:
    """Grades notebooks in one session; safe to use from several threads."""

    session: GradingSession
    request: RequestFingerprint
    """Digests of what the session asks of a notebook, stored with its answers."""
    device_lock: DeviceLock

    @classmethod
    def of(cls, session: GradingSession) -> "SubmissionGrader":
        """Build the grader of a session."""
        return cls(session=session, request=fingerprint_session(session), device_lock=DeviceLock())

    def grade(self, student: str, filename: str, data: bytes) -> SubmissionResult:
        """Grade one notebook. Every error becomes the submission's result.

        Args:
            student: The student's key.
            filename: The notebook's file name.
            data: The notebook's bytes.
        """
        start = monotonic()
        state: State
        graded = None
        try:
            limits = self.session.rubric_file.rubric.limits
            submission = parse_submission(data, Path(filename), limits)
            submission = replace(submission, student=student)
            graded = grade_with_retries(submission, self.session, self.device_lock)
            state, reason = _state(graded)
        except SubmissionError as error:
            state, reason = "ungradable", str(error)
        except GraderError as error:
            state, reason = "crashed", str(error)
        except Exception as error:  # noqa: BLE001 (an internal error has a result too)
            state, reason = "crashed", f"internal error: {one_line(error)[:_MAX_REASON]}"
        return SubmissionResult(
            student=student,
            notebook=filename,
            state=state,
            reason=reason,
            seconds=round(monotonic() - start, 3),
            files=self._files(graded) if graded else {},
            score=graded.report.score if graded else None,
            total=graded.report.total if graded else 0.0,
        )

    def _files(self, graded: Graded) -> dict[str, bytes]:
        stored = make_stored_run(graded.submission, graded.prepared, graded.result, self.request)
        return {
            **report_files(graded.report, graded.charts),
            STORED_RUN_FILE: encode_run(stored),
            EXECUTED_FILE: to_notebook(graded.submission, graded.result),
        }


def grade_with_retries(
    submission: Submission, session: GradingSession, device_lock: DeviceLock
) -> Graded:
    """Grade a notebook again if the grader or the machine made its run fail.

    A first kernel death may be the machine's fault, so the notebook is run again; a second one is
    the notebook's.

    Raises:
        KernelError: The last run of three was ended from outside, or had no kernel.
    """
    last: Graded | KernelError = KernelError("")
    kernel_has_died = False
    for _ in range(_MAX_TRIES):
        try:
            graded = _grade_on_device(submission, session, device_lock)
        except KernelError as error:  # the machine's fault, and often gone the second time
            last = error
            continue
        if graded.result.killed_externally:
            last = KernelError("its run was ended by something outside")
        elif kernel_has_died or not kernel_died(graded.result):
            return graded
        else:
            kernel_has_died, last = True, graded
    if isinstance(last, KernelError):
        raise last
    return last


def _grade_on_device(
    submission: Submission, session: GradingSession, device_lock: DeviceLock
) -> Graded:
    """Run beside others; if the device ran out of memory, run once more alone."""
    with device_lock.shared():
        graded = grade_submission(session, submission)
    if not out_of_memory(graded.result):
        return graded
    with device_lock.exclusive():
        graded = grade_submission(replace(session, memory_fraction=1.0), submission)
    report = replace(graded.report, notes=(*graded.report.notes, _RERUN_ALONE_NOTE))
    return replace(graded, report=report)


def _state(graded: Graded) -> tuple[State, str]:
    """Return a graded submission's state and the reason for it."""
    limit_exceeded = graded.result.limit_exceeded
    if _TIME_LIMIT in limit_exceeded:
        return "timed_out", f"The notebook {limit_exceeded}."
    return graded.report.status, ""


def out_of_memory(execution: RunResult) -> bool:
    """Return True if a cell or probe found no memory on a GPU, which others may have filled."""
    return str(execution.environment.get("device")).startswith("cuda") and any(
        name == _OUT_OF_MEMORY for name in _raised_exceptions(execution)
    )


def kernel_died(execution: RunResult) -> bool:
    """Return True if the kernel died in a cell or probe, and no limit of the grader's ended it."""
    failures = (seen for seen in execution.observations.values() if isinstance(seen, Failure))
    return not execution.limit_exceeded and (
        any(cell.status == "died" for cell in execution.cells)
        or any(failure.kind == "kernel_died" for failure in failures)
    )


def _raised_exceptions(execution: RunResult) -> Iterator[str]:
    """Yield the names of the exceptions that cells and probes raised."""
    yield from (cell.ename for cell in execution.cells)
    for seen in execution.observations.values():
        if isinstance(seen, Failure):
            yield seen.ename
