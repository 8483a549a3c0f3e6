"""``grade FOLDER|ZIP -o RESULTS``: everyone's submission graded, kept, and put in a gradebook."""

import json
import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from grader.batch.entry import Entry
from grader.batch.finding import Wanted, find_submissions
from grader.batch.found import Found
from grader.batch.gradebook import criteria_csv, gradebook_csv
from grader.batch.grading import grade_found
from grader.batch.identity import Standing
from grader.batch.past import past_report
from grader.batch.record import Record
from grader.batch.results import BATCH, Results
from grader.batch.running import Plan, ended, files_of, plan
from grader.batch.summary import summarise
from grader.commands.meter import Meter
from grader.errors import GraderError
from grader.render.text import plain
from grader.rubric import Rubric
from grader.rubric_file import RubricFile, find_rubric
from grader.sitting import Settings, Sitting, Teller, open_sitting, warm

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


def grade_batch(batch: Batch, *, rubric: str | None, settings: Settings) -> int:
    """Grade a folder or a zip of submissions; what an earlier run has finished is not run again.

    Returns:
        The exit code: 0 when every submission has ended.

    Raises:
        GraderError: There are none, or results cannot be written.
    """
    console = Console(stderr=True)
    file = find_rubric(rubric)
    results = Results(batch.results)
    with results.held(), tempfile.TemporaryDirectory(prefix="grade-batch-") as own:
        found = _find(batch, file.rubric, Path(own))
        known = _known(results, file, force=batch.force)
        settings = _with_seed(settings, known)
        teller = Teller(note=lambda text: console.print(text, style="bright_black"))
        sitting = open_sitting(file, settings, teller)
        standing = Standing.of(sitting)
        about = _about(sitting, standing, batch)
        results.write(BATCH, _json(known | about))
        chosen = [one for one in found if batch.student in {None, one.student}]
        todo = plan(chosen, results, standing, force=batch.force)
        _run(todo, sitting, standing, results, batch.jobs, console)
        return _conclude(found, results, sitting.file.rubric, about, console)


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


def _with_seed(settings: Settings, known: dict[str, Any]) -> Settings:
    """Hidden probes go on with the seed that the batch has begun with."""
    earlier = known.get("seed")
    if settings.full and settings.seed is None and settings.hidden_key is None and earlier:
        return replace(settings, seed=int(earlier))
    return settings


def _about(sitting: Sitting, standing: Standing, batch: Batch) -> dict[str, Any]:
    rubric = sitting.file.rubric
    return {
        "schema": SCHEMA,
        "source": batch.source.name,
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
    todo: Plan, sitting: Sitting, standing: Standing, results: Results, jobs: int, console: Console
) -> None:
    with Meter(console, total=len(todo.todo), before=len(todo.done)) as meter:
        if not todo.todo:
            return
        executor = ThreadPoolExecutor(min(jobs, len(todo.todo)))
        with warm(sitting) as warmed, executor:
            for one, ending in ended(todo.todo, partial(grade_found, sitting=warmed), executor):
                record = Record.of(one, ending, standing.identity(one))
                results.keep(record, files_of(ending))
                meter.told(record, ending)


def _conclude(
    found: Iterable[Found],
    results: Results,
    rubric: Rubric,
    about: dict[str, Any],
    console: Console,
) -> int:
    """Write the tables over everything that has ended, and say where they are."""
    records = {record.student: record for record in results.records()}
    mine = [records[one.student] for one in found if one.student in records]
    entries = [_entry(record, results, rubric) for record in mine]
    summary = summarise(entries, rubric)
    results.write("gradebook.csv", gradebook_csv(entries, rubric).encode())
    results.write("criteria.csv", criteria_csv(entries, rubric).encode())
    results.write(BATCH, _json(about | {"summary": summary.to_dict()}))
    counted = ", ".join(f"{n} {state}" for state, n in summary.states.items() if n)
    mean = f"; mean {summary.mean:g}" if summary.mean is not None else ""
    console.print(f"{summary.submissions} submissions: {counted}{mean}", highlight=False)
    console.print(f"{plain(str(results.folder / 'gradebook.csv'))}", highlight=False)
    return 0


def _entry(record: Record, results: Results, rubric: Rubric) -> Entry:
    stored = results.report(record.student)
    return Entry(
        student=record.student,
        name=record.name,
        notebook=record.notebook,
        state=record.state,
        report=past_report(stored, rubric) if stored else None,
        lateness=None,
        notes=(*((record.reason,) if record.reason else ()), *record.notes),
    )


def _json(node: dict[str, Any]) -> bytes:
    return (json.dumps(node, indent=2) + "\n").encode()


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
