"""``grade FOLDER|ZIP -o RESULTS``: everyone's submission graded, kept, and put in a gradebook."""

import json
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.text import Text

from grader.batch.discovery.find import Wanted, find_submissions
from grader.batch.discovery.submission import Found
from grader.batch.finalize import Closed, close, read_rules
from grader.batch.results.fingerprint import Standing
from grader.batch.results.record import Finished, Record
from grader.batch.results.store import BATCH, Results
from grader.batch.scheduler import Crew, Plan, finished, here, plan
from grader.errors import GraderError
from grader.grading.session import Listener, Settings, Sitting, left_out, open_sitting
from grader.render.escape import plain
from grader.rubric.load import RubricFile, find_rubric
from grader.rubric.model import Rubric

SCHEMA = "induction-lab-grader/batch/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is asked for."""

    source: Path
    results: Path
    jobs: int
    force: bool = False
    student: str | None = None
    """The one to grade, by key; all others are left as they are."""
    assignment: str | None = None
    cluster: str | None = None
    """A Dask scheduler's address, or ``local``."""
    full: bool | None = None
    """Whether hidden probes are asked; where nothing is said, if they can be."""


class Progress(AbstractContextManager["Progress"], Protocol):
    """Receiver of each submission's result while a batch runs."""

    def __init__(self, console: Console, *, total: int, before: int) -> None:
        """Begin with a number of submissions to grade, and of those graded before."""

    def told(self, student: str, finished: Finished) -> None:
        """Take a submission's result."""


def grade_batch(
    batch: Batch, *, rubric: str | None, settings: Settings, progress: type[Progress]
) -> int:
    """Grade a folder or a zip of submissions; what an earlier run has finished is not run again.

    Returns:
        The exit code: 0 when every submission has ended.

    Raises:
        GraderError: There are none, or results cannot be written.
    """
    console = Console(stderr=True)
    file = find_rubric(rubric)
    results = Results(batch.results)
    with results.held(), results.unpacking() as own:
        found = _find(batch, file.rubric, own)
        known = _known(results, file, force=batch.force)
        settings = _with_seed(_with_hidden(settings, file, console, full=batch.full), known)
        listener = Listener(note=lambda text: console.print(text, style="bright_black"))
        sitting = open_sitting(file, settings, listener)
        standing = Standing.of(sitting)
        # Mistakes in them are said before hours go by.
        rules = read_rules(results.folder, sitting.file.rubric)
        noted = about(sitting, standing, batch.source.name)
        results.write(BATCH, as_json(known | noted))
        chosen = [one for one in found if batch.student in {None, one.student}]
        limits = sitting.file.rubric.limits
        todo = plan(chosen, results, standing.digest, limits, force=batch.force)
        with progress(console, total=len(todo.todo), before=len(todo.done)) as meter:
            _run(todo, sitting, standing, results, batch, meter)
        students = [one.student for one in found]
        closed = close(students, results, sitting.file.rubric, rules, sitting.key)
        conclude(closed, results, noted, console)
        return 0


def _find(batch: Batch, rubric: Rubric, own: Path) -> tuple[Found, ...]:
    names = frozenset(c.function for c in rubric.criteria if c.function)
    wanted = Wanted(names=names, limits=rubric.limits, assignment=batch.assignment)
    found = find_submissions(batch.source, own, wanted, skip=batch.results)
    if batch.student is not None and batch.student not in {one.student for one in found}:
        listed = ", ".join(plain(one.student) for one in found[:5])
        raise GraderError(
            f"Nobody is called {plain(batch.student)!r}: give a student's key, such as {listed}."
        )
    return found


def _known(results: Results, file: RubricFile, *, force: bool) -> dict[str, Any]:
    """What an earlier run has noted; refused where its results would be mixed with others'."""
    known = results.batch()
    earlier = (known.get("rubric") or {}).get("sha256")
    if earlier and earlier != file.sha256 and not force:
        raise GraderError(
            f"{plain(str(results.folder))} holds results of another rubric, or of an older version:"
            " give another folder, or run everything again with --force."
        )
    return known if earlier == file.sha256 else {}


def _with_hidden(
    settings: Settings, file: RubricFile, console: Console, *, full: bool | None
) -> Settings:
    """Hidden probes are asked unless that is ruled out, or cannot be, which is said."""
    if full is not None:
        return replace(settings, full=full)
    if not any(probe.hidden for probe in file.rubric.probes.values()):
        return settings
    if (why := left_out(file, settings)) is None:
        return replace(settings, full=True)
    console.print(Text(why, style="yellow"), soft_wrap=True)
    return settings


def _with_seed(settings: Settings, known: dict[str, Any]) -> Settings:
    """Hidden probes go on with the seed that the batch has begun with."""
    earlier = known.get("seed")
    if settings.full and settings.seed is None and settings.hidden_key is None and earlier:
        return replace(settings, seed=int(earlier))
    return settings


def about(sitting: Sitting, standing: Standing, source: str) -> dict[str, Any]:
    """What is noted of a batch when it begins.

    Args:
        sitting: What it is graded by.
        standing: The same in short.
        source: Where its submissions are from.
    """
    rubric = sitting.file.rubric
    return {
        "schema": SCHEMA,
        "source": source,
        "rubric": {
            "lab": rubric.lab,
            "version": rubric.version,
            "sha256": sitting.file.sha256,
        },
        "grader": standing.grader,
        "model": standing.model,
        "device": standing.device,
        "isolation": sitting.backend.name,
        "hidden_probes": standing.full,
        "seed": standing.seed,
    }


def _run(  # noqa: PLR0913, PLR0917 (all of it is one batch's)
    todo: Plan,
    sitting: Sitting,
    standing: Standing,
    results: Results,
    batch: Batch,
    meter: Progress,
) -> None:
    if not todo.todo:
        return
    with _crew(batch, sitting, min(batch.jobs, len(todo.todo))) as crew:
        for handed, ended in finished(todo.todo, crew, sitting.file.rubric.limits):
            record = Record.of(handed, ended, graded_by=standing.digest)
            results.keep(record, ended.files)
            meter.told(record.student, ended)


def _crew(batch: Batch, sitting: Sitting, jobs: int) -> "AbstractContextManager[Crew]":
    """Threads here, or a cluster's workers."""
    if batch.cluster is None:
        return here(sitting, jobs)
    try:
        from grader.batch.dask_cluster import on_cluster  # noqa: PLC0415 (an extra's)
    except ImportError as error:
        raise GraderError(
            "--cluster needs more packages: pip install 'induction-lab-grader[cluster]'."
        ) from error
    return on_cluster(batch.cluster, sitting, jobs)


def conclude(closed: Closed, results: Results, noted: dict[str, Any], console: Console) -> None:
    """Note what the batch came to, and say it.

    Args:
        closed: The batch, its tables written.
        results: Where they are.
        noted: What is noted of the batch.
        console: Where to say it.

    Raises:
        GraderError: It cannot be written.
    """
    summary = closed.summary
    results.write(BATCH, as_json(noted | {"summary": summary.to_dict()}))
    for warning in closed.warnings:
        console.print(Text(warning, style="yellow"), soft_wrap=True)
    counted = ", ".join(f"{n} {state}" for state, n in summary.states.items() if n)
    mean = f"; mean {summary.mean:g}" if summary.mean is not None else ""
    console.print(f"{summary.submissions} submissions: {counted}{mean}", highlight=False)
    console.print(Text(str(results.folder / "gradebook.csv")), soft_wrap=True)


def as_json(node: dict[str, Any]) -> bytes:
    """As `batch.json` is written."""
    return (json.dumps(node, indent=2) + "\n").encode()


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
