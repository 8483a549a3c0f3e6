"""One submission of a batch, from its file to its end: whatever happens, it has one."""

from dataclasses import dataclass, replace
from time import monotonic

from grader.batch.entry import State
from grader.batch.found import Found
from grader.batch.identity import handed_in
from grader.errors import GraderError, KernelError, SubmissionError
from grader.pipeline import Graded, grade_in
from grader.sitting import Sitting

_TRIES = 3
_LATE = "was still running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How grading one submission ended."""

    state: State
    reason: str = ""
    graded: Graded | None = None
    """Where it has a report."""
    seconds: float = 0.0
    handed_in: str = ""
    """Digest of what was graded."""


def grade_found(found: Found, sitting: Sitting) -> Ending:
    """Grade a submission; an error of any kind is how it ends, not the end of the batch.

    Args:
        found: What was handed in.
        sitting: What it is graded by.
    """
    start = monotonic()
    digest = handed_in(found)  # before: a file that is replaced meanwhile is another
    ending = _graded(found, sitting)
    return replace(ending, seconds=round(monotonic() - start, 3), handed_in=digest)


def _graded(found: Found, sitting: Sitting) -> Ending:
    if found.notebook is None:
        return Ending(state="ungradable", reason=found.refusal or "there is no notebook")
    last = Ending(state="crashed")
    for _ in range(_TRIES):
        try:
            graded = grade_in(sitting, found.notebook)
            if not graded.execution.lost:
                return _ended(_as(found.student, graded))
            last = Ending(state="crashed", reason="its run was ended by something outside")
        except SubmissionError as error:
            return Ending(state="ungradable", reason=str(error))
        except KernelError as error:  # the machine's, and often gone the second time
            last = Ending(state="crashed", reason=str(error))
        except GraderError as error:
            return Ending(state="crashed", reason=str(error))
        except Exception as error:  # noqa: BLE001 (a fault of ours on one notebook costs no other)
            said = f"{type(error).__name__}: {error}".splitlines()[0]
            return Ending(state="crashed", reason=f"a fault of the grader's own: {said[:300]}")
    return last


def _as(student: str, graded: Graded) -> Graded:
    """The report names the student by the key that the whole batch does."""
    return replace(graded, report=replace(graded.report, student=student))


def _ended(graded: Graded) -> Ending:
    late = _LATE in graded.execution.overrun
    return Ending(
        state="timed_out" if late else graded.report.status,
        reason=f"The notebook {graded.execution.overrun}." if late else "",
        graded=graded,
    )
