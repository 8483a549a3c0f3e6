"""The end of a batch: overrides and lateness over what the machine found, then the tables."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from grader.answer_key.model import AnswerKey
from grader.batch.class_page import class_view, with_doubts
from grader.batch.gradebook import Entry, criteria_csv, gradebook_csv
from grader.batch.policy.late_policy import LatePolicy, lateness, read_late_policy
from grader.batch.policy.overrides import Overrides, apply, read_overrides
from grader.batch.popular_answers import shared_wrong
from grader.batch.results.record import Record
from grader.batch.results.store import PAGE, PICTURES, REPORT, Results, pages_of
from grader.batch.statistics import Summary, summarise
from grader.charts.model import from_json
from grader.render.class_page import class_html, look
from grader.render.json import to_json
from grader.report.model import Report, past_report
from grader.rubric.model import Rubric

OVERRIDES, LATE = "overrides.yaml", "late.yaml"
"""Files that an instructor puts into the results folder."""
INDEX = "index.html"
"""The class at a glance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an instructor has laid down for a batch."""

    overrides: Overrides
    late: LatePolicy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Everyone's submission as the tables have it."""

    records: tuple[Record, ...]
    entries: tuple[Entry, ...]
    """One a record, in the same order."""
    warnings: tuple[str, ...]
    """What of the instructor's has no effect, a line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A batch with its tables written."""

    summary: Summary
    warnings: tuple[str, ...]
    """What of the instructor's has no effect, a line each."""


def read_rules(folder: Path, rubric: Rubric) -> Rules:
    """The instructor's files, where they are there.

    Args:
        folder: The results folder.
        rubric: The one of the batch.

    Raises:
        RubricError: One of them has mistakes; every one is listed with its line.
    """
    overrides, late = folder / OVERRIDES, folder / LATE
    return Rules(
        overrides=read_overrides(overrides, rubric) if overrides.exists() else Overrides(),
        late=read_late_policy(late) if late.exists() else None,
    )


def settle(students: Iterable[str], results: Results, rubric: Rubric, rules: Rules) -> Settled:
    """Apply the instructor's rules to what the machine found. Nothing is written.

    Args:
        students: Whom the batch is of, by key.
        results: Where their results are.
        rubric: The one they were graded by.
        rules: The instructor's.
    """
    records = [record for student in students if (record := results.record(student))]
    machine = {r.student: _machine(r, results, rubric) for r in records}
    final = {s: report and apply(report, rules.overrides.of(s)) for s, report in machine.items()}
    strangers = rules.late.strangers(list(machine)) if rules.late else ()
    return Settled(
        records=tuple(records),
        entries=tuple(_entry(record, final[record.student], rules.late) for record in records),
        warnings=(*rules.overrides.unused(machine), *strangers),
    )


def close(
    students: Iterable[str],
    results: Results,
    rubric: Rubric,
    rules: Rules,
    key: AnswerKey | None = None,
) -> Closed:
    """Put everyone into the tables and the class page; reports get what was set by hand.

    Args:
        students: Whom the batch is of, by key.
        results: Where their results are.
        rubric: The one they were graded by.
        rules: The instructor's.
        key: The answer key of the rubric, where it is known.

    Raises:
        GraderError: The tables cannot be written.
    """
    settled = settle(students, results, rubric, rules)
    for entry in settled.entries:
        if entry.report:
            _renew(entry.student, entry.report, results)
    results.write("gradebook.csv", gradebook_csv(settled.entries, rubric).encode())
    results.write("criteria.csv", criteria_csv(settled.entries, rubric).encode())
    summary = summarise(settled.entries, rubric)
    _show(settled, summary, results, rubric, key)
    return Closed(summary=summary, warnings=settled.warnings)


def _show(
    settled: Settled, summary: Summary, results: Results, rubric: Rubric, key: AnswerKey | None
) -> None:
    """Write the class page, unless it is there and made from the very same."""
    pages = {
        record.student: f"{quote(results.of(record.student).name)}/{PAGE}"
        for record in settled.records
        if (results.of(record.student) / PAGE).is_file()
    }
    view = class_view(settled.entries, settled.records, summary, rubric, pages)
    ran = [(record.handed_in, record.graded_by) for record in settled.records]
    made_from = repr((look(), view, ran)).encode("utf-8", "surrogatepass")
    inputs = hashlib.sha256(made_from).hexdigest()
    if inputs.encode() in results.whole(INDEX):
        return
    found = shared_wrong(settled.entries, results, rubric, key)
    page = class_html(with_doubts(view, found, rubric), inputs=inputs)
    results.write(INDEX, page.encode())


def _machine(record: Record, results: Results, rubric: Rubric) -> Report | None:
    kept = results.report(record.student)
    return past_report(kept, rubric) if kept else None


def _renew(student: str, report: Report, results: Results) -> None:
    """Write a report again where what was set by hand is another than last time."""
    if results.text(student, REPORT) != to_json(report).encode():
        pages = pages_of(report, from_json(results.text(student, PICTURES)))
        for name in (PAGE, REPORT):
            results.replace(student, name, pages[name])


def _entry(record: Record, report: Report | None, policy: LatePolicy | None) -> Entry:
    late = None
    if policy is not None:
        late = lateness(record.submitted, policy, student=record.student, marked_late=record.late)
    return Entry(
        student=record.student,
        name=record.name,
        notebook=record.notebook,
        state=record.state,
        report=report,
        lateness=late,
        notes=(*((record.reason,) if record.reason else ()), *record.notes),
    )
