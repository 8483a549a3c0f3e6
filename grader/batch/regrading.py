"""All of a results folder scored again by another rubric, without running anything."""

from collections.abc import Iterable
from dataclasses import dataclass

from grader.batch.pages import pages_of
from grader.batch.past import past_report
from grader.batch.record import Record
from grader.batch.rescoring import NeedsRun, Standard, pictures, rescore, standard
from grader.batch.results import RECORD, Results
from grader.batch.stored import StoredError
from grader.changes import Change, changes
from grader.key_store import models_sha256
from grader.pictures.picture import from_json, to_json
from grader.report import Report
from grader.rubric import Rubric
from grader.sitting import Sitting


@dataclass(frozen=True, slots=True, kw_only=True)
class Regraded:
    """Reports by another rubric, none of them written yet."""

    reports: dict[str, Report]
    """By student: all that could be scored from what is kept."""
    pictures: dict[str, bytes]
    """By student: what their pages show, as it is kept."""
    changes: tuple[Change, ...]
    needs_run: dict[str, tuple[str, ...]]
    """By student: the criteria that only a run can judge."""
    damaged: tuple[str, ...]
    """A line each; these keep their reports."""


def standard_of(sitting: Sitting) -> Standard:
    """What a sitting scores by, without its sandbox."""
    full, models = sitting.settings.full, models_sha256()
    return standard(sitting.file, sitting.key, seed=sitting.seed, full=full, models=models)


def regrade(students: Iterable[str], results: Results, by: Standard, before: Rubric) -> Regraded:
    """Score everyone again.

    Args:
        students: Whom, by key.
        results: Where what is kept of them is.
        by: The new rubric and its key.
        before: A rubric with the titles of the old reports; they are shown.
    """
    reports: dict[str, Report] = {}
    shown: dict[str, bytes] = {}
    pairs: list[tuple[str, Report, Report]] = []
    needs: dict[str, tuple[str, ...]] = {}
    damaged: list[str] = []
    for student in students:
        try:
            found = results.stored(student)
        except StoredError as error:
            damaged.append(str(error))
            continue
        if found is None:
            continue  # nothing of it has run: another rubric changes nothing
        scored = rescore(found, by)
        if isinstance(scored, NeedsRun):
            needs[student] = scored.criteria
            continue
        reports[student] = scored
        shown[student] = to_json(pictures(found, by, scored))
        kept = results.report(student)
        old = past_report(kept, before) if kept else None
        pairs.append((student, old or scored, scored))
    return Regraded(
        reports=reports,
        pictures=shown,
        changes=changes(pairs),
        needs_run=needs,
        damaged=tuple(damaged),
    )


def write(regraded: Regraded, records: Iterable[Record], results: Results, graded_by: str) -> None:
    """Put the new reports in place of the old ones.

    Args:
        regraded: The reports.
        records: Of everyone; those that no run is needed for count as graded by the new rubric.
        results: Where to.
        graded_by: Digest of what they are graded by now.

    Raises:
        GraderError: One cannot be written; what was written before stays, and so does the rest.
    """
    for record in records:
        report = regraded.reports.get(record.student)
        if report is not None:
            seen = from_json(regraded.pictures.get(record.student, b""))
            for name, data in pages_of(report, seen).items():
                results.replace(record.student, name, data)
        elif record.state != "ungradable":
            continue
        renewed = record.model_copy(update={"graded_by": graded_by})
        results.replace(record.student, RECORD, renewed.to_json().encode())
