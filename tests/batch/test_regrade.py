"""Regrading a results folder: changes are shown, written, and finalised with the policies."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.finalize import FinalizedBatch, finalize, read_policies
from grader.batch.regrade import regrade_students, save_regraded
from grader.batch.results.observations import encode_run
from grader.batch.results.record import SubmissionResult
from grader.batch.results.store import STORED_RUN_FILE, ResultsStore, report_files
from tests.batch.stored_runs import MINI, RIGHT, Course
from tests.builders import array

WRONG = {**RIGHT, "first": array([[5.0, 0.25], [0.125, 2.0]])}
MORE_POINTS = ("points: 3", "points: 4"), ("total: 10", "total: 11")
SHOWN = "          - {kind: heatmap, title: The first, probe: first, axes: [layer, head]}\n"
OTHER_QUESTION = ("expression: f(model), use_recordings: [rolls]", "expression: f(model) + 0")


@pytest.fixture
def course() -> Course:
    """Return the mini rubric and its key."""
    return MINI


@pytest.fixture
def results(tmp_path: Path, course: Course) -> ResultsStore:
    """Write a results folder: Ann is right, Bob is wrong, and Cid has no notebook."""
    store = ResultsStore(tmp_path / "results")
    with store.lock():
        for student, answers in (("ann", RIGHT), ("bob", WRONG)):
            stored, report = course.graded(answers)
            store.save(
                SubmissionResult(
                    student=student,
                    notebook="x.ipynb",
                    state="graded",
                    config_sha256="old",
                    submitted=datetime(2026, 3, 2, 12, tzinfo=UTC),
                    files={**report_files(report), STORED_RUN_FILE: encode_run(stored)},
                )
            )
        store.save(
            SubmissionResult(
                student="cid", state="ungradable", reason="no notebook", config_sha256="old"
            )
        )
    return store


STUDENTS = ("ann", "bob", "cid")


def table(results: ResultsStore) -> dict[str, dict[str, str]]:
    """Return the gradebook's rows by student."""
    text = (results.folder / "gradebook.csv").read_text()
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


def finalize_by(results: ResultsStore, course: Course) -> FinalizedBatch:
    """Finalise the batch with the policies in its folder."""
    rubric = course.file.rubric
    return finalize(STUDENTS, results, rubric, read_policies(results.folder, rubric), info={})


def test_the_same_rubric_changes_nothing(results: ResultsStore, course: Course) -> None:
    """Regrading by the same rubric leaves every report the same, byte for byte."""
    before = {s: results.read_student_file(s, "report.json") for s in STUDENTS}
    regraded = regrade_students(STUDENTS, results, course.context, course.file.rubric)
    assert not any(change.has_changed for change in regraded.changes)
    save_regraded(regraded, results.results(), results, "new")
    assert {s: results.read_student_file(s, "report.json") for s in STUDENTS} == before
    assert {result.config_sha256 for result in results.results()} == {"new"}


def test_other_points_are_shown_and_then_written(results: ResultsStore, course: Course) -> None:
    """Nothing is written before `save_regraded`; then reports and tables have the new points."""
    other = course.but(*MORE_POINTS)
    before = {s: results.read_student_file(s, "report.json") for s in STUDENTS}
    regraded = regrade_students(STUDENTS, results, other.context, other.file.rubric)
    assert {change.student: change.gain for change in regraded.changes} == {"ann": 1, "bob": 0}
    assert {s: results.read_student_file(s, "report.json") for s in STUDENTS} == before
    save_regraded(regraded, results.results(), results, "new")
    finalize_by(results, other)
    assert (table(results)["ann"]["score"], table(results)["ann"]["max_score"]) == ("10", "11")


def test_what_was_never_asked_keeps_its_report(results: ResultsStore, course: Course) -> None:
    """A submission with a changed probe keeps its report and is listed."""
    other = course.but(OTHER_QUESTION)
    regraded = regrade_students(STUDENTS, results, other.context, other.file.rubric)
    assert set(regraded.needs_run) == {"ann", "bob"}
    assert "first" in regraded.needs_run["ann"]
    before = results.read_student_file("ann", "report.json")
    save_regraded(regraded, results.results(), results, "new")
    assert results.read_student_file("ann", "report.json") == before
    assert {r.student: r.config_sha256 for r in results.results()} == {
        "ann": "old",
        "bob": "old",
        "cid": "new",
    }


def test_a_damaged_file_costs_nobody_else(results: ResultsStore, course: Course) -> None:
    """A damaged file is listed and its report stays; the others are scored."""
    (results.student_dir("ann") / STORED_RUN_FILE).write_bytes(b"PK nothing")
    regraded = regrade_students(STUDENTS, results, course.context, course.file.rubric)
    assert len(regraded.damaged) == 1
    assert "grade that submission again" in regraded.damaged[0]
    assert set(regraded.reports) == {"bob"}


def test_overrides_and_lateness_survive_a_regrade(results: ResultsStore, course: Course) -> None:
    """Overrides and the late policy are applied anew to the regraded reports."""
    (results.folder / "overrides.yaml").write_text(
        "- {student: bob, criterion: first, points: 2, reason: nearly}\n"
        "- {student: zoe, criterion: first, points: 1, reason: who}\n"
    )
    (results.folder / "late.yaml").write_text(
        'due: "2026-03-01T12:00:00+00:00"\npercent_of_maximum_per_day: 10\n'
    )
    batch = finalize_by(results, course)
    assert ["zoe" in line for line in batch.warnings] == [True]
    first = table(results)["bob"]
    assert (first["first"], first["late_days"]) == ("2", "1")
    assert float(first["final_score"]) == float(first["score"]) - 1
    other = course.but(*MORE_POINTS)
    regraded = regrade_students(STUDENTS, results, other.context, other.file.rubric)
    save_regraded(regraded, results.results(), results, "new")
    finalize_by(results, other)
    again = table(results)["bob"]
    assert (again["first"], again["late_days"], again["max_score"]) == ("2", "1", "11")
    (results.folder / "overrides.yaml").unlink()
    finalize_by(results, other)
    assert float(table(results)["bob"]["first"]) < 2  # the machine's points again
    assert b"override" not in results.read_student_file("bob", "report.json")


def test_a_rubric_with_charts_draws_stored_values(results: ResultsStore, course: Course) -> None:
    """Charts are drawn from stored values, and later overrides leave them on the page."""
    picture = ("hint: Look.\n", "hint: Look.\n        pictures:\n" + SHOWN)
    other = course.but(picture)
    assert b"<svg" not in results.read_student_file("bob", "report.html")
    regraded = regrade_students(STUDENTS, results, other.context, other.file.rubric)
    save_regraded(regraded, results.results(), results, "new")
    assert b"Largest difference at L0H0: yours 5, expected 0.5." in results.read_student_file(
        "bob", "report.html"
    )
    override = "- {student: bob, criterion: first, points: 2, reason: nearly}\n"
    (results.folder / "overrides.yaml").write_text(override)
    finalize_by(results, other)
    assert b"2 of 3 points" in results.read_student_file("bob", "report.html")
    assert b"Largest difference at L0H0" in results.read_student_file("bob", "report.html")
