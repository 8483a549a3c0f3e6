"""``grade container``: what a platform's container runs."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Never

import click
from rich.console import Console

from grader.answer_key.file import write_atomically
from grader.batch.discovery.choose_notebook import choose
from grader.batch.discovery.folder import Folder
from grader.errors import GraderError, SubmissionError
from grader.files.untrusted import ReadingError, read_regular
from grader.grading.pipeline import grade
from grader.grading.session import Listener, Settings
from grader.integrations.packages.key_choice import draw
from grader.integrations.results.base import Result, Ungraded
from grader.integrations.results.container import (
    PLACES,
    Metadata,
    Place,
    of_environment,
    of_gradescope,
)
from grader.integrations.results.registry import told
from grader.render.terminal import render
from grader.report.model import Report
from grader.rubric.load import RubricFile, find_rubric
from grader.sandbox.select import Level

# MERGED: ``grade container PLATFORM``: grade where a platform's container has things, whatever happens.
_ALL = 0.85
"""Of the platform's time: then everything is ended."""
_START, _MOST = 0.25, 60.0
"""Of the same, and seconds at most: what a kernel may need before the first cell."""
_MAX_METADATA = 2**24
_BEGUN = "it was ended before it was done"


class _Ended(BaseException):
    """The platform's time is up, or it wants the container back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What is asked for."""

    platform: str
    root: Path
    rubric: str | None = None
    keys: Path | None = None
    """A folder of keys: `public.key`, and hidden ones of which one is drawn."""
    seconds: float | None = None
    """The platform's time limit, where it is not the usual one."""
    isolation: Level = "auto"


def grade_in_container(container: Container) -> int:
    """Grade what was handed in and write the platform's result: one is there whatever happens.

    Returns:
        The exit code that the platform expects.
    """
    place, start = PLACES[container.platform], monotonic()
    limit = container.seconds or place.seconds
    _tell(Ungraded(reason=_BEGUN, ours=True), place, container, start)
    try:
        with _ended_after(_ALL * limit):
            room = _ALL * limit - min(_MOST, _START * limit)
            result = _result(container, place, room)
    except _Ended as ended:
        result = Ungraded(reason=str(ended), ours=True)
    _tell(result, place, container, start)
    if isinstance(result, Report):
        Console().print(render(result))  # for the instructor's log
        return 0
    _log(result.reason)
    return place.failure if result.ours else 0


def _result(container: Container, place: Place, seconds: float) -> Result:
    """The report, or why there is none."""
    try:
        file = _within(find_rubric(container.rubric), seconds)
        path, notes = _notebook(container.root / place.submission, file)
        settings = Settings(device="cpu", isolation=container.isolation)
        if container.keys is not None:
            settings, left_out = draw(container.keys, file, settings)
            notes = (*notes, *left_out)
        report = grade(path, file, settings, Listener(note=_log))
    except SubmissionError as error:
        return Ungraded(reason=str(error))
    except GraderError as error:
        return Ungraded(reason=str(error), ours=True)
    except Exception as error:  # noqa: BLE001 (a fault of ours has a result too)
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        return Ungraded(reason=f"a fault of the grader's own: {said[:300]}", ours=True)
    known = _metadata(container.root, place)
    notes = (*known.notes, *notes, *report.notes)
    return replace(report, student=known.student or report.student, notes=notes)


def _log(text: str) -> None:
    """Into the instructor's log."""
    sys.stderr.write(f"{text}\n")


def _metadata(root: Path, place: Place) -> Metadata:
    """What the platform says about the submission; nothing depends on it."""
    if place.metadata is not None:
        with suppress(ReadingError):
            return of_gradescope(read_regular(root / place.metadata, _MAX_METADATA))
    return of_environment(os.environ, place.user) if place.user else Metadata()


def _within(file: RubricFile, seconds: float) -> RubricFile:
    """The rubric with a notebook limit that the platform's time has room for."""
    limits = file.rubric.limits
    shorter = limits.model_copy(update={"notebook": min(limits.notebook, round(seconds, 1))})
    return replace(file, rubric=file.rubric.model_copy(update={"limits": shorter}))


def _notebook(folder: Path, file: RubricFile) -> tuple[Path, tuple[str, ...]]:
    """The notebook of all that was handed in, and what is to be said about the choice."""
    rubric = file.rubric
    names = frozenset(c.function for c in rubric.criteria if c.function)
    limit = rubric.limits.file_mb * 2**20
    handed = Folder(folder)
    choice = choose(handed.entries, lambda entry: handed.read(entry, limit), names, rubric.limits)
    if choice.entry is None:
        raise SubmissionError(choice.refusal or "There is no notebook.")
    return handed.keep(choice.entry, limit), choice.notes


def _tell(result: Result, place: Place, container: Container, start: float) -> None:
    where = container.root / place.result
    try:
        write_atomically(where, told(result, place.format, start).encode())
    except OSError as error:
        raise GraderError(f"Cannot write {where}: {error.strerror or error}.") from error


@contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    """End what runs after so many seconds, or when the platform asks for it."""

    def end(number: int, _frame: FrameType | None) -> Never:
        late = "the platform's time is nearly up" if number == signal.SIGALRM else "it was stopped"
        raise _Ended(late)

    before = {number: signal.signal(number, end) for number in (signal.SIGALRM, signal.SIGTERM)}
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


if TYPE_CHECKING:
    from grader.sandbox.select import Level


@click.command()
@click.argument(
    "platform", type=click.Choice(["classroom50", "coursera", "gradescope", "prairielearn"])
)
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    default=Path("/"),
    show_default=True,
    help="Where the platform's paths begin.",
)
@click.option("--rubric", help="A lab's name or a rubric file.")
@click.option(
    "--keys",
    type=click.Path(path_type=Path),
    help="A folder of keys: public.key, and hidden ones of which a run draws one.",
)
@click.option(
    "--limit",
    type=click.FloatRange(min=1),
    help="The platform's time limit in seconds, where it is not the usual one.",
)
@click.option(
    "--isolation",
    type=click.Choice(["auto", "strict", "none"]),
    default="auto",
    show_default=True,
    help="Of the notebook: the best there is here, no less than a tried sandbox, or none.",
)
@click.pass_context
def container(  # noqa: PLR0913, PLR0917 (one parameter an option: click's way)
    ctx: click.Context,
    platform: str,
    root: Path,
    rubric: str | None,
    keys: Path | None,
    limit: float | None,
    isolation: "Level",
) -> None:
    """Grade what a platform's container was given, and write its result, whatever happens."""
    asked = Container(
        platform=platform,
        root=root,
        rubric=rubric,
        keys=keys,
        seconds=limit,
        isolation=isolation,
    )
    ctx.exit(grade_in_container(asked))
