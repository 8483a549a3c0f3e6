"""``grade container``: grades in a course platform's container, and always writes a result."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Never

from rich.console import Console

from grader.batch.discovery.choose_notebook import choose_notebook
from grader.batch.discovery.folder import Folder
from grader.batch.discovery.student_files import StudentFiles
from grader.errors import GraderError, SubmissionError, one_line
from grader.files.atomic_write import write_atomically
from grader.files.untrusted import FileReadError, read_bounded
from grader.grading.pipeline import grade_file
from grader.grading.session import GradingEvents, Settings
from grader.integrations.packages.key_choice import pick_keys
from grader.integrations.results.base import Result, Ungraded
from grader.integrations.results.container import (
    CONTAINER_PATHS,
    ContainerPaths,
    SubmissionMetadata,
    from_environment,
    from_gradescope,
)
from grader.integrations.results.registry import write_result
from grader.render.terminal import render_report
from grader.report.model import Report
from grader.rubric.load import RubricFile, load_rubric
from grader.sandbox.select import IsolationLevel

_TIME_SHARE = 0.85
"""Share of the platform's time limit after which everything is ended."""
_START_SHARE, _MAX_START_SECONDS = 0.25, 60.0
"""Share of the limit, and maximum seconds, that a kernel may need before the first cell."""
_MAX_METADATA_BYTES = 2**24
_PROVISIONAL = "it was ended before it was done"
_MAX_ERROR = 300


class _Terminated(BaseException):
    """The platform's time is up, or the platform stopped the container."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerRequest:
    """Options of ``grade container``."""

    platform: str
    root: Path
    rubric: str | None = None
    keys: Path | None = None
    """Folder of keys: `public.key`, and hidden keys of which one is chosen."""
    seconds: float | None = None
    """The platform's time limit, if it is not the usual one."""
    isolation: IsolationLevel = "auto"


def grade_in_container(request: ContainerRequest) -> int:
    """Grade the submission and write the platform's result file, whatever happens.

    Returns:
        The exit code that the platform expects.
    """
    place, start = CONTAINER_PATHS[request.platform], monotonic()
    limit = request.seconds or place.time_limit
    _write_result(Ungraded(reason=_PROVISIONAL, grader_fault=True), place, request, start)
    try:
        with _deadline(_TIME_SHARE * limit):
            available = _TIME_SHARE * limit - min(_MAX_START_SECONDS, _START_SHARE * limit)
            result = _grade(request, place, available)
    except _Terminated as ended:
        result = Ungraded(reason=str(ended), grader_fault=True)
    _write_result(result, place, request, start)
    if isinstance(result, Report):
        Console().print(render_report(result))  # for the instructor's log
        return 0
    _log(result.reason)
    return place.failure_exit_code if result.grader_fault else 0


def _grade(request: ContainerRequest, place: ContainerPaths, seconds: float) -> Result:
    """Return the report, or the reason why there is none."""
    try:
        file = _with_time_limit(load_rubric(request.rubric), seconds)
        path, notes = _find_notebook(request.root / place.submission, file)
        settings = Settings(device="cpu", isolation=request.isolation)
        if request.keys is not None:
            settings, key_notes = pick_keys(request.keys, file, settings)
            notes = (*notes, *key_notes)
        report = grade_file(path, file, settings, GradingEvents(note=_log)).report
    except SubmissionError as error:
        return Ungraded(reason=str(error))
    except GraderError as error:
        return Ungraded(reason=str(error), grader_fault=True)
    except Exception as error:  # noqa: BLE001 (an internal error has a result file too)
        message = one_line(error)[:_MAX_ERROR]
        return Ungraded(reason=f"internal error of the grader: {message}", grader_fault=True)
    metadata = _metadata(request.root, place)
    notes = (*metadata.notes, *notes, *report.notes)
    return replace(report, student=metadata.student or report.student, notes=notes)


def _log(text: str) -> None:
    """Write a line to the instructor's log."""
    sys.stderr.write(f"{text}\n")


def _metadata(root: Path, place: ContainerPaths) -> SubmissionMetadata:
    """Read the platform's metadata on the submission; grading does not depend on it."""
    if place.metadata_file is not None:
        with suppress(FileReadError):
            return from_gradescope(read_bounded(root / place.metadata_file, _MAX_METADATA_BYTES))
    return (
        from_environment(os.environ, place.user_variable)
        if place.user_variable
        else SubmissionMetadata()
    )


def _with_time_limit(file: RubricFile, seconds: float) -> RubricFile:
    """Lower the rubric's notebook limit to what the platform's time allows."""
    limits = file.rubric.limits
    lowered = limits.model_copy(update={"notebook": min(limits.notebook, round(seconds, 1))})
    return replace(file, rubric=file.rubric.model_copy(update={"limits": lowered}))


def _find_notebook(folder: Path, file: RubricFile) -> tuple[Path, tuple[str, ...]]:
    """Return the path of the notebook to grade, and notes on the choice."""
    rubric = file.rubric
    names = frozenset(c.function for c in rubric.criteria if c.function)
    limit = rubric.limits.file_mb * 2**20
    source = Folder(folder)
    files = StudentFiles(student="", name="", entries=source.entries)
    files = choose_notebook(files, lambda entry: source.read(entry, limit), names, rubric.limits)
    if files.chosen is None:
        raise SubmissionError(files.refusal or "There is no notebook.")
    return source.extract(files.chosen, limit), files.notes


def _write_result(
    result: Result, place: ContainerPaths, request: ContainerRequest, start: float
) -> None:
    path = request.root / place.result
    try:
        write_atomically(path, write_result(result, place.format, start).encode())
    except OSError as error:
        raise GraderError(f"Cannot write {path}: {error.strerror or error}.") from error


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Raise `_Terminated` after a number of seconds, or when the platform sends SIGTERM."""

    def terminate(number: int, _frame: FrameType | None) -> Never:
        timed_out = "the platform's time is nearly up"
        raise _Terminated(timed_out if number == signal.SIGALRM else "it was stopped")

    signals = (signal.SIGALRM, signal.SIGTERM)
    before = {number: signal.signal(number, terminate) for number in signals}
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
