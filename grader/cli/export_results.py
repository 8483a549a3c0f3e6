"""``grade export``: writes a batch's scores to a gradebook file, and lists who is left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from grader.batch.finalize import AppliedPolicies, apply_policies, read_policies
from grader.batch.gradebook import GradebookRow
from grader.batch.results.record import SubmissionResult
from grader.cli.results_folder import open_results
from grader.errors import GraderError
from grader.files.atomic_write import write_atomically
from grader.files.escape import printable
from grader.files.untrusted import FileReadError, read_bounded
from grader.integrations.gradebooks.csv_file import CsvFile, RosterError
from grader.integrations.gradebooks.feedback import feedback_lines
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.matching import ExportOptions, ExportResult
from grader.integrations.gradebooks.registry import GRADEBOOKS, StandaloneGradebook
from grader.rubric.load import RubricFile, load_rubric

_MAX_ROSTER_BYTES = 2**24
_SOMEONE_LEFT_OUT = 1
_REVIEW = "to review: "


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """Options of ``grade export``."""

    results: Path
    to: str
    """A gradebook, by its name in `grader.integrations.gradebooks.registry`."""
    roster: Path | None = None
    output: Path | None = None
    assignment: str | None = None
    match: str | None = None


def export_results(request: ExportRequest, *, rubric: str | None) -> int:
    """Write a gradebook file, and list on standard error who is not in it.

    Returns:
        The exit code: 0, or 1 if a submission is not in the file with a score.

    Raises:
        GraderError: The folder has no results, the roster does not fit, or the file cannot be
            written.
    """
    _check_usage(request)
    console = Console(stderr=True)
    results, info = open_results(request.results)
    roster = _read_roster(request.roster)
    output = _output_path(request)
    file = load_rubric(rubric)
    policies = read_policies(request.results, file.rubric)
    students = [result.student for result in results.results()]
    applied = apply_policies(students, results, file.rubric, policies)
    total = file.rubric.total
    paired = zip(applied.results, applied.rows, strict=True)
    grades = [to_grade(result, row, total) for result, row in paired]
    wanted = ExportOptions(
        lab=file.rubric.lab,
        title=file.rubric.title,
        total=max((g.total for g in grades if g.score is not None), default=total),
        assignment=request.assignment,
        match=request.match,
        due=policies.late.due if policies.late else None,
    )
    exported = _build_file(request.to, grades, roster, wanted)
    try:
        write_atomically(output, exported.data)
    except OSError as error:
        raise GraderError(
            f"Cannot write {printable(str(output))}: {error.strerror or error}."
        ) from error
    warnings = [*_warnings(info, applied, file), *applied.warnings]
    for text in (*warnings, *summary_lines(exported, grades)):
        console.print(Text(text), soft_wrap=True)
    console.print(Text(f"Wrote {printable(str(output))}"), soft_wrap=True)
    is_complete = exported.filled_count == len(grades) and not exported.matching.unmatched
    return 0 if is_complete else _SOMEONE_LEFT_OUT


def to_grade(result: SubmissionResult, row: GradebookRow, total: float) -> Grade:
    """Convert a submission for a gradebook.

    Args:
        result: The submission's result.
        row: Its row, with the policies applied.
        total: Points possible, for a submission in which nothing was graded.
    """
    report, final = row.graded_report, row.final_score
    late = row.lateness.reason if row.lateness else ""
    review = _REVIEW if late and row.lateness and row.lateness.review else ""
    notes = tuple(note for note in (review + late, *result.notes) if note)
    is_graded = report is not None and final is not None
    return Grade(
        student=row.student,
        name=row.name,
        score=final,
        raw=report.score if report else None,
        total=report.total if report else total,
        state=row.state,
        reason="" if is_graded else result.reason or "nothing could be judged",
        notes=notes,
        submitted=result.submitted,
        feedback=feedback_lines(report, final, late) if report and final is not None else (),
    )


def summary_lines(exported: ExportResult, grades: Sequence[Grade]) -> list[str]:
    """Return what an instructor has to know about an export, a line each."""
    matching = exported.matching
    ungraded = [f"{g.label}: {g.state}: {printable(g.reason)}" for g in grades if g.score is None]
    review = [f"{g.label}: {n}" for g in grades for n in g.notes if n.startswith(_REVIEW)]
    partial = [g.label for g in grades if g.score is not None and g.state == "partial"]
    return [
        f"{exported.filled_count} of {exported.student_count} students have a score.",
        *exported.notes,
        *_list(
            "Submissions that match no row of the roster", (g.label for g in matching.unmatched)
        ),
        *_list("Ambiguous matches, left without a score", matching.ambiguous),
        *_list("Submissions without a score, because nothing could be graded", ungraded),
        *_list("Partly graded, so the score may still grow", partial),
        *_list("Full score, but the lateness needs a decision", review),
        *_list(
            "Rows without a submission", (person.label for person in matching.without_submission)
        ),
    ]


def _list(title: str, lines: Iterable[str]) -> list[str]:
    items = list(lines)
    return [f"{title} ({len(items)}):", *(f"  {line}" for line in items)] if items else []


def _check_usage(request: ExportRequest) -> None:
    gradebook = GRADEBOOKS[request.to]
    if request.roster is None and request.match is not None:
        raise RosterError("--match names a column of the roster: give it with --roster.")
    if request.assignment is not None and not gradebook.takes_assignment:
        raise RosterError(
            f"--to {request.to} is about one assignment alone: leave --assignment out."
        )


def _read_roster(path: Path | None) -> CsvFile | None:
    if path is None:
        return None
    try:
        return CsvFile.read(read_bounded(path, _MAX_ROSTER_BYTES), name=str(path))
    except FileReadError as error:
        raise RosterError(
            f"Cannot read {printable(str(path))}: {error} (a roster has at most 16 MB)."
        ) from error


def _output_path(request: ExportRequest) -> Path:
    """Return the file to write; never the roster, which may be the only copy."""
    suffix = request.roster.suffix if request.roster and request.roster.suffix else ".csv"
    path = request.output or Path(f"{request.to}{suffix}")
    if request.roster is not None and path.exists() and path.samefile(request.roster):
        raise RosterError(
            f"{printable(str(path))} is the roster itself: name another file with -o."
        )
    return path


def _build_file(
    to: str, grades: Sequence[Grade], roster: CsvFile | None, wanted: ExportOptions
) -> ExportResult:
    gradebook = GRADEBOOKS[to]
    if isinstance(gradebook, StandaloneGradebook):
        return gradebook.write(grades, roster, wanted)
    if roster is None:
        raise RosterError(f"--to {to} needs --roster FILE: {gradebook.roster_source}.")
    return gradebook.write(grades, roster, wanted)


def _warnings(info: dict[str, Any], applied: AppliedPolicies, file: RubricFile) -> list[str]:
    """Return warnings about the results themselves."""
    lines = []
    if not info.get("summary"):
        lines.append(
            "The batch is not finished, so submissions may be missing: run its command again, then "
            "export again."
        )
    reports = [row.report for row in applied.rows if row.report]
    outdated = sum(report.rubric_sha256 != file.sha256 for report in reports)
    if outdated:
        lines.append(
            f"{outdated} of {len(reports)} reports are by another rubric than "
            f"{printable(file.name)}, or by an older version: their scores are exported as they "
            "are (--rubric names theirs, grade regrade scores them with this one)."
        )
    return lines
