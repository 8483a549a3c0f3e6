"""Finalises a batch: applies overrides and late penalties, then writes the tables.

The instructor's files, ``overrides.yaml`` and ``late.yaml``, lie in the results folder.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from grader.answer_key.model import AnswerKey
from grader.batch.batch_info import info_json
from grader.batch.class_page import class_view, with_doubts
from grader.batch.gradebook import GradebookRow, criteria_csv, gradebook_csv, sorted_rows
from grader.batch.policy.late_policy import LatePolicy, lateness, read_late_policy
from grader.batch.policy.overrides import Overrides, apply_overrides, read_overrides
from grader.batch.popular_answers import find_popular_answers
from grader.batch.results.record import SubmissionResult
from grader.batch.results.store import (
    BATCH_FILE,
    CHARTS_FILE,
    PAGE_FILE,
    REPORT_FILE,
    ResultsStore,
    report_files,
)
from grader.batch.statistics import Summary, summarise
from grader.charts.model import from_json
from grader.render.class_page import asset_digest, render_class_page
from grader.render.json import to_json
from grader.report.model import Report
from grader.rubric.model import Rubric

OVERRIDES, LATE = "overrides.yaml", "late.yaml"
"""Names of the instructor's files in the results folder."""
GRADEBOOK, CRITERIA, INDEX = "gradebook.csv", "criteria.csv", "index.html"
"""Names of the tables and the class page in the results folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The instructor's overrides and late policy for a batch."""

    overrides: Overrides
    late: LatePolicy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedPolicies:
    """Every submission with the policies applied."""

    results: tuple[SubmissionResult, ...]
    rows: tuple[GradebookRow, ...]
    """One row per result, in the same order."""
    warnings: tuple[str, ...]
    """Warnings about overrides and late rules that had no effect, one per line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalizedBatch:
    """A batch whose tables and class page are written."""

    folder: Path
    """The results folder."""
    summary: Summary
    rows: tuple[GradebookRow, ...]
    """The gradebook's rows, sorted by student."""
    warnings: tuple[str, ...]
    """Warnings about overrides and late rules that had no effect, one per line."""

    @property
    def gradebook(self) -> Path:
        """Path of the gradebook."""
        return self.folder / GRADEBOOK


def read_policies(folder: Path, rubric: Rubric) -> Policies:
    """Read the instructor's files, if they exist.

    Args:
        folder: The results folder.
        rubric: The batch's rubric.

    Raises:
        RubricError: One of them has mistakes; every one is listed with its line.
    """
    overrides, late = folder / OVERRIDES, folder / LATE
    return Policies(
        overrides=read_overrides(overrides, rubric) if overrides.exists() else Overrides(),
        late=read_late_policy(late) if late.exists() else None,
    )


def apply_policies(
    students: Iterable[str], store: ResultsStore, rubric: Rubric, policies: Policies
) -> AppliedPolicies:
    """Apply the policies to the stored results; nothing is written.

    Args:
        students: Keys of the batch's students; those without a result are left out.
        store: The results folder.
        rubric: The rubric they were graded by.
        policies: The instructor's policies.
    """
    results = [result for student in students if (result := store.result(student))]
    machine = {r.student: _stored_report(r.student, store, rubric) for r in results}
    final = {
        student: report and apply_overrides(report, policies.overrides.of(student))
        for student, report in machine.items()
    }
    unknown = policies.late.unknown_students(list(machine)) if policies.late else ()
    return AppliedPolicies(
        results=tuple(results),
        rows=tuple(_gradebook_row(one, final[one.student], policies.late) for one in results),
        warnings=(*policies.overrides.unused(machine), *unknown),
    )


def finalize(  # noqa: PLR0913 (all of them are one batch's)
    students: Iterable[str],
    store: ResultsStore,
    rubric: Rubric,
    policies: Policies,
    *,
    info: Mapping[str, Any],
    key: AnswerKey | None = None,
) -> FinalizedBatch:
    """Write the tables, the class page, ``batch.json``, and reports with changed overrides.

    Args:
        students: Keys of the batch's students.
        store: The results folder.
        rubric: The rubric they were graded by.
        policies: The instructor's policies.
        info: The contents of ``batch.json``, without the summary.
        key: The rubric's answer key, if it is known.

    Raises:
        GraderError: A file cannot be written.
    """
    applied = apply_policies(students, store, rubric, policies)
    for row in applied.rows:
        if row.report:
            _rewrite_report(row.student, row.report, store)
    store.write_batch_file(GRADEBOOK, gradebook_csv(applied.rows, rubric).encode())
    store.write_batch_file(CRITERIA, criteria_csv(applied.rows, rubric).encode())
    summary = summarise(applied.rows, rubric)
    _write_class_page(applied, summary, store, rubric, key)
    store.write_batch_file(BATCH_FILE, info_json({**info, "summary": summary.to_dict()}))
    return FinalizedBatch(
        folder=store.folder,
        summary=summary,
        rows=tuple(sorted_rows(applied.rows)),
        warnings=applied.warnings,
    )


def _write_class_page(
    applied: AppliedPolicies,
    summary: Summary,
    store: ResultsStore,
    rubric: Rubric,
    key: AnswerKey | None,
) -> None:
    """Write the class page, unless it was made from the same inputs."""
    pages = {
        result.student: f"{quote(store.student_dir(result.student).name)}/{PAGE_FILE}"
        for result in applied.results
        if (store.student_dir(result.student) / PAGE_FILE).is_file()
    }
    view = class_view(applied.rows, applied.results, summary, rubric, pages)
    graded = [(result.notebook_sha256, result.config_sha256) for result in applied.results]
    made_from = repr((asset_digest(), view, graded)).encode("utf-8", "surrogatepass")
    inputs = hashlib.sha256(made_from).hexdigest()
    if inputs.encode() in store.read_batch_file(INDEX):
        return
    popular = find_popular_answers(applied.rows, store, rubric, key)
    page = render_class_page(with_doubts(view, popular, rubric), inputs=inputs)
    store.write_batch_file(INDEX, page.encode())


def _stored_report(student: str, store: ResultsStore, rubric: Rubric) -> Report | None:
    stored = store.report(student)
    return Report.from_dict(stored, rubric) if stored else None


def _rewrite_report(student: str, report: Report, store: ResultsStore) -> None:
    """Write a report again if overrides changed it since it was written."""
    if store.read_student_file(student, REPORT_FILE) != to_json(report).encode():
        files = report_files(report, from_json(store.read_student_file(student, CHARTS_FILE)))
        for name in (PAGE_FILE, REPORT_FILE):
            store.rewrite_student_file(student, name, files[name])


def _gradebook_row(
    result: SubmissionResult, report: Report | None, policy: LatePolicy | None
) -> GradebookRow:
    late = None
    if policy is not None:
        late = lateness(result.submitted, policy, student=result.student, marked_late=result.late)
    return GradebookRow(
        student=result.student,
        name=result.name,
        notebook=result.notebook,
        state=result.state,
        report=report,
        lateness=late,
        notes=(*((result.reason,) if result.reason else ()), *result.notes),
    )
