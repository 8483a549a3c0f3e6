"""Where submissions are graded: in threads of this process, or in a worker's on another machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Condition
from time import monotonic

from grader.batch.gradebook import State
from grader.batch.results.fingerprint import Asked, asked_in
from grader.batch.results.observations import keep, to_npz
from grader.batch.results.record import Finished
from grader.batch.results.store import EXECUTED, STORED, pages_of
from grader.errors import GraderError, KernelError, SubmissionError
from grader.execution.result import Execution
from grader.grading.pipeline import Graded, grade_in
from grader.grading.session import Sitting
from grader.protocol.values import Failure
from grader.render.executed_notebook import to_notebook
from grader.submission.read import Submission, parse_submission


# MERGED: Taking turns on one device: many beside each other, or one that needs all of it.
# MERGED: One submission of a batch, from its bytes to its end: whatever happens, it has one.
class Turns:
    """Lets runs go side by side, until one asks to be alone."""

    def __init__(self) -> None:
        """Nobody runs yet."""
        self._changed = Condition()
        self._running = 0
        self._alone = False

    @contextmanager
    def beside_others(self) -> Iterator[None]:
        """Run while others do; whoever is or wants to be alone comes first."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Run with nobody beside: those that run already are waited for."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._alone = True
            self._changed.wait_for(lambda: not self._running)
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()


_TRIES = 3
_LATE = "was still running"
_OUT_OF_MEMORY = "OutOfMemoryError"
"""As torch calls it when a device has no room."""
_ALONE = "The device ran out of memory; what counts is a second run, with nothing beside it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How grading one submission ended."""

    state: State
    reason: str = ""
    graded: Graded | None = None
    """Where it has a report."""


def grade_bytes(student: str, name: str, data: bytes, sitting: Sitting, turns: Turns) -> Ending:
    """Grade a notebook; an error of any kind is how it ends, not the end of the batch.

    Args:
        student: Whose, by the key that the whole batch uses.
        name: The file's.
        data: What is in it.
        sitting: What it is graded by.
        turns: Of those that grade on the same device.
    """
    try:
        submission = parse_submission(data, Path(name), sitting.file.rubric.limits)
        submission = replace(submission, student=student)
        return _tried(submission, sitting, turns)
    except SubmissionError as error:
        return Ending(state="ungradable", reason=str(error))
    except GraderError as error:
        return Ending(state="crashed", reason=str(error))
    except Exception as error:  # noqa: BLE001 (a fault of ours has a result too)
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        return Ending(state="crashed", reason=f"a fault of the grader's own: {said[:300]}")


def _tried(submission: Submission, sitting: Sitting, turns: Turns) -> Ending:
    last = Ending(state="crashed")
    died = False
    for _ in range(_TRIES):
        try:
            graded = _graded(submission, sitting, turns)
            if graded.execution.lost:
                last = Ending(state="crashed", reason="its run was ended by something outside")
            elif died or not kernel_died(graded.execution):
                return _ended(graded)
            else:  # by its own doing or not: what happens twice is its own
                died, last = True, _ended(graded)
        except KernelError as error:  # the machine's, and often gone the second time
            last = Ending(state="crashed", reason=str(error))
    return last


def _graded(submission: Submission, sitting: Sitting, turns: Turns) -> Graded:
    """A run beside others; once more alone where the device had no room for it."""
    with turns.beside_others():
        graded = grade_in(sitting, submission)
    if not out_of_memory(graded.execution):
        return graded
    with turns.alone():
        graded = grade_in(replace(sitting, share=1.0), submission)
    report = replace(graded.report, notes=(*graded.report.notes, _ALONE))
    return replace(graded, report=report)


def out_of_memory(execution: Execution) -> bool:
    """Whether a cell or a probe found no room on a device that others may have filled.

    Args:
        execution: What a run gave.
    """
    return str(execution.environment.get("device")).startswith("cuda") and any(
        name == _OUT_OF_MEMORY for name in _raised(execution)
    )


def kernel_died(execution: Execution) -> bool:
    """Whether Python ended in a cell or a probe, and no limit of ours was the reason.

    Args:
        execution: What a run gave.
    """
    failures = (seen for seen in execution.observations.values() if isinstance(seen, Failure))
    return not execution.overrun and (
        any(cell.status == "died" for cell in execution.cells)
        or any(failure.kind == "kernel_died" for failure in failures)
    )


def _raised(execution: Execution) -> Iterator[str]:
    yield from (cell.ename for cell in execution.cells)
    for seen in execution.observations.values():
        if isinstance(seen, Failure):
            yield seen.ename


def _ended(graded: Graded) -> Ending:
    late = _LATE in graded.execution.overrun
    return Ending(
        state="timed_out" if late else graded.report.status,
        reason=f"The notebook {graded.execution.overrun}." if late else "",
        graded=graded,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A sitting with all that is the same for each of its submissions."""

    sitting: Sitting
    what: Asked
    turns: Turns

    @classmethod
    def of(cls, sitting: Sitting) -> "Bench":
        """Make one for a sitting."""
        return cls(sitting=sitting, what=asked_in(sitting), turns=Turns())

    def grade(self, student: str, name: str, data: bytes) -> Finished:
        """Grade one notebook, whatever happens.

        Args:
            student: Whose, by key.
            name: The file's.
            data: What is in it.
        """
        start = monotonic()
        ending = grade_bytes(student, name, data, self.sitting, self.turns)
        report = ending.graded.report if ending.graded else None
        return Finished(
            state=ending.state,
            reason=ending.reason,
            seconds=round(monotonic() - start, 3),
            files=self._files(ending),
            score=report.score if report else None,
            total=report.total if report else 0.0,
        )

    def _files(self, ending: Ending) -> dict[str, bytes]:
        if (ran := ending.graded) is None:
            return {}
        stored = keep(ran.submission, ran.prepared, ran.execution, self.what)
        notebook = to_notebook(ran.submission, ran.execution)
        return {**pages_of(ran.report, ran.pictures), STORED: to_npz(stored), EXECUTED: notebook}
