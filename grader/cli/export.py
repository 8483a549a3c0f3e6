"""``grade export``: a batch's scores in a gradebook's file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from grader.answer_key.file import write_atomically
from grader.batch.finalize import Settled, read_rules, settle
from grader.batch.gradebook import Entry
from grader.batch.results.record import Record
from grader.batch.results.store import Results
from grader.cli.options import GRADEBOOK
from grader.errors import GraderError
from grader.files.untrusted import ReadingError, read_regular, shown
from grader.integrations.gradebooks.csv_file import RosterError, Sheet
from grader.integrations.gradebooks.feedback import feedback
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.matching import Exported, Wanted
from grader.integrations.gradebooks.registry import GRADEBOOKS, Afresh
from grader.rubric.load import RubricFile, find_rubric

# MERGED: ``grade export RESULTS --to GRADEBOOK``: scores into a gradebook's file, and who is left out.
_LARGEST = 2**24
_SOMEONE_LEFT_OUT = 1
_REVIEW = "to review: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is asked for."""

    results: Path
    to: str
    """A gradebook, by its name in `grader.integrations.gradebooks.registry`."""
    roster: Path | None = None
    output: Path | None = None
    assignment: str | None = None
    match: str | None = None


def export_results(asked: Export, *, rubric: str | None) -> int:
    """Write a gradebook's file, and say on standard error who is not in it.

    Returns:
        The exit code: 0, or 1 where a submission is not in the file with a number.

    Raises:
        GraderError: There are no results, the roster does not fit, or nothing can be written.
    """
    _check_usage(asked)
    console = Console(stderr=True)
    results = Results(asked.results)
    if not (known := results.batch() if asked.results.is_dir() else {}):
        raise GraderError(
            f"{shown(str(asked.results))} holds no results: grade a folder into it first."
        )
    roster = _roster(asked.roster)
    output = _output(asked)
    file = find_rubric(rubric)
    rules = read_rules(asked.results, file.rubric)
    settled = settle([r.student for r in results.records()], results, file.rubric, rules)
    total = file.rubric.total
    ended = zip(settled.records, settled.entries, strict=True)
    grades = [grade_of(record, entry, total) for record, entry in ended]
    wanted = Wanted(
        lab=file.rubric.lab,
        title=file.rubric.title,
        total=max((g.total for g in grades if g.score is not None), default=total),
        assignment=asked.assignment,
        match=asked.match,
        due=rules.late.due if rules.late else None,
    )
    exported = _written(asked.to, grades, roster, wanted)
    try:
        write_atomically(output, exported.data)
    except OSError as error:
        raise GraderError(
            f"Cannot write {shown(str(output))}: {error.strerror or error}."
        ) from error
    lines = [*_doubts(known, settled, file), *settled.warnings, *said(exported, grades)]
    for text in lines:
        console.print(Text(text), soft_wrap=True)
    console.print(Text(f"Wrote {shown(str(output))}"), soft_wrap=True)
    everyone = exported.filled == len(grades) and not exported.matching.alone
    return 0 if everyone else _SOMEONE_LEFT_OUT


def grade_of(record: Record, entry: Entry, total: float) -> Grade:
    """A submission as a gradebook takes it.

    Args:
        record: How it ended.
        entry: What it came to.
        total: What the lab is out of, where nothing was judged.
    """
    report, final = entry.judged, entry.final_score
    late = entry.lateness.reason if entry.lateness else ""
    review = _REVIEW if late and entry.lateness and entry.lateness.review else ""
    notes = tuple(note for note in (review + late, *record.notes) if note)
    judged = report is not None and final is not None
    return Grade(
        student=entry.student,
        name=entry.name,
        score=final,
        raw=report.score if report else None,
        total=report.total if report else total,
        state=entry.state,
        reason="" if judged else record.reason or "nothing could be judged",
        notes=notes,
        submitted=record.submitted,
        feedback=feedback(report, final, late) if report and final is not None else (),
    )


def said(exported: Exported, grades: Sequence[Grade]) -> list[str]:
    """What an instructor is told of an export, a line each.

    Args:
        exported: The file.
        grades: All there are.
    """
    matching = exported.matching
    unjudged = [f"{g.label}: {g.state}: {shown(g.reason)}" for g in grades if g.score is None]
    review = [f"{g.label}: {n}" for g in grades for n in g.notes if n.startswith(_REVIEW)]
    partial = [g.label for g in grades if g.score is not None and g.state == "partial"]
    return [
        f"{exported.filled} of {exported.students} students have a number.",
        *exported.notes,
        *_group("Submissions that fit no row of the roster", (g.label for g in matching.alone)),
        *_group("Not told apart, so without a number", matching.doubtful),
        *_group("Submissions without a number, because nothing was judged", unjudged),
        *_group("Judged in part, so the number may still grow", partial),
        *_group("Full number, but lateness is for a person to decide", review),
        *_group("Rows without a submission", (person.label for person in matching.absent)),
    ]


def _group(title: str, lines: Iterable[str]) -> list[str]:
    every = list(lines)
    return [f"{title} ({len(every)}):", *(f"  {line}" for line in every)] if every else []


def _check_usage(asked: Export) -> None:
    gradebook = GRADEBOOKS[asked.to]
    if asked.roster is None and asked.match is not None:
        raise RosterError("--match names a column of the roster: give it with --roster.")
    if asked.assignment is not None and not gradebook.named:
        raise RosterError(f"--to {asked.to} is about one assignment alone: leave --assignment out.")


def _roster(path: Path | None) -> Sheet | None:
    if path is None:
        return None
    try:
        return Sheet.read(read_regular(path, _LARGEST), name=str(path))
    except ReadingError as error:
        raise RosterError(
            f"Cannot read {shown(str(path))}: {error} (a roster has at most 16 MB)."
        ) from error


def _output(asked: Export) -> Path:
    """Where to write; never over the roster, which may be the only copy."""
    suffix = asked.roster.suffix if asked.roster and asked.roster.suffix else ".csv"
    path = asked.output or Path(f"{asked.to}{suffix}")
    if asked.roster is not None and path.exists() and path.samefile(asked.roster):
        raise RosterError(f"{shown(str(path))} is the roster itself: name another file with -o.")
    return path


def _written(to: str, grades: Sequence[Grade], roster: Sheet | None, wanted: Wanted) -> Exported:
    gradebook = GRADEBOOKS[to]
    if isinstance(gradebook, Afresh):
        return gradebook.write(grades, roster, wanted)
    if roster is None:
        raise RosterError(f"--to {to} needs --roster FILE: {gradebook.roster}.")
    return gradebook.write(grades, roster, wanted)


def _doubts(known: dict[str, Any], settled: Settled, file: RubricFile) -> list[str]:
    """What may be wrong with the results themselves."""
    lines = []
    if not known.get("summary"):
        lines.append(
            "The batch has not ended: submissions may be missing. Give its command again, then "
            "export again."
        )
    reports = [entry.report for entry in settled.entries if entry.report]
    others = sum(report.rubric_sha256 != file.sha256 for report in reports)
    if others:
        lines.append(
            f"{others} of {len(reports)} reports are by another rubric than {shown(file.name)}, or "
            "by an older version: their scores are exported as they are (--rubric names theirs, "
            "grade regrade scores them by this one)."
        )
    return lines


@click.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.option("--to", required=True, type=GRADEBOOK, help="The gradebook.")
@click.option(
    "--roster",
    type=click.Path(path_type=Path),
    help="What the platform exports: Canvas's, Brightspace's or Blackboard's gradebook, Moodle's "
    "grading worksheet; for csv and nbgrader any CSV list of students, or none.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write it.")
@click.option("--assignment", help="The column's title or id; without it, the lab's title.")
@click.option(
    "--match", metavar="COLUMN", help="Match by this column of the roster, and by nothing else."
)
@click.option("--rubric", help="A lab's name or a rubric file.")
@click.pass_context
def export(  # noqa: PLR0913, PLR0917 (one parameter an option)
    ctx: click.Context,
    results: Path,
    to: str,
    roster: Path | None,
    output: Path | None,
    assignment: str | None,
    match: str | None,
    rubric: str | None,
) -> None:
    """Write a results folder's scores as a file that a gradebook imports.

    Overrides and the late policy count. Who has no row, and which row has no submission, is said
    on standard error; exit code 1 says that a submission is not in the file with a number.
    """
    asked = Export(
        results=results, to=to, roster=roster, output=output, assignment=assignment, match=match
    )
    ctx.exit(export_results(asked, rubric=rubric))
