"""A results folder scored again: shown, written, and closed with the instructor's own files."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.discovery.submission import Found, HandedIn
from grader.batch.finalize import Closed, close, read_rules
from grader.batch.regrade import regrade, write
from grader.batch.results.observations import to_npz
from grader.batch.results.record import Finished, Record
from grader.batch.results.store import STORED, Results, pages_of
from tests.batch.stored_runs import MINI, RIGHT, Course
from tests.builders import array

WRONG = {**RIGHT, "first": array([[5.0, 0.25], [0.125, 2.0]])}
MORE_POINTS = ("points: 3", "points: 4"), ("total: 10", "total: 11")
SHOWN = "      - {kind: heatmap, title: The first, probe: first, axes: [layer, head]}\n"
OTHER_QUESTION = ("expression: f(model), provide: [rolls]", "expression: f(model) + 0")


@pytest.fixture
def course() -> Course:
    """The mini rubric and its key."""
    return MINI


@pytest.fixture
def results(tmp_path: Path, course: Course) -> Results:
    """Ann is right, Bob is wrong, of Cid there is no notebook."""
    made = Results(tmp_path / "results")
    with made.held():
        for student, answers in (("ann", RIGHT), ("bob", WRONG)):
            stored, report = course.graded(answers)
            when = datetime(2026, 3, 2, 12, tzinfo=UTC)
            found = Found(student=student, name="", notebook=Path("x.ipynb"), submitted=when)
            files = {**pages_of(report), STORED: to_npz(stored)}
            made.keep(_record(found, Finished(state="graded")), files)
        gone = Found(student="cid", name="", notebook=None, refusal="no notebook")
        made.keep(_record(gone, Finished(state="ungradable", reason="no notebook")), {})
    return made


def _record(found: Found, finished: Finished) -> Record:
    return Record.of(HandedIn(found=found), finished, graded_by="old")


STUDENTS = ("ann", "bob", "cid")


def table(results: Results) -> dict[str, dict[str, str]]:
    """The gradebook, by student."""
    text = (results.folder / "gradebook.csv").read_text()
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


def closed_by(results: Results, course: Course) -> Closed:
    """Everyone in the tables, by the files in the folder."""
    rubric = course.file.rubric
    return close(STUDENTS, results, rubric, read_rules(results.folder, rubric))


def test_the_same_rubric_changes_nothing(results: Results, course: Course) -> None:
    """Scored again by what it was graded by, every report is the same to the byte."""
    before = {s: results.text(s, "report.json") for s in STUDENTS}
    found = regrade(STUDENTS, results, course.standard, course.file.rubric)
    assert not any(change.has_changed for change in found.changes)
    write(found, results.records(), results, "new")
    assert {s: results.text(s, "report.json") for s in STUDENTS} == before
    assert {record.graded_by for record in results.records()} == {"new"}


def test_other_points_are_shown_and_then_written(results: Results, course: Course) -> None:
    """Nothing is written until it is; then reports and tables have the new points."""
    other = course.but(*MORE_POINTS)
    before = {s: results.text(s, "report.json") for s in STUDENTS}
    found = regrade(STUDENTS, results, other.standard, other.file.rubric)
    assert {change.student: change.gain for change in found.changes} == {"ann": 1, "bob": 0}
    assert {s: results.text(s, "report.json") for s in STUDENTS} == before
    write(found, results.records(), results, "new")
    closed_by(results, other)
    assert (table(results)["ann"]["score"], table(results)["ann"]["max_score"]) == ("10", "11")


def test_what_was_never_asked_keeps_its_report(results: Results, course: Course) -> None:
    """A question that is another now needs a run: said, not scored as nothing."""
    other = course.but(OTHER_QUESTION)
    found = regrade(STUDENTS, results, other.standard, other.file.rubric)
    assert set(found.needs_run) == {"ann", "bob"}
    assert "first" in found.needs_run["ann"]
    before = results.text("ann", "report.json")
    write(found, results.records(), results, "new")
    assert results.text("ann", "report.json") == before
    assert {r.student: r.graded_by for r in results.records()} == {
        "ann": "old",
        "bob": "old",
        "cid": "new",
    }


def test_a_damaged_file_costs_nobody_else(results: Results, course: Course) -> None:
    """It is named, its report stays, and the others are scored."""
    (results.of("ann") / STORED).write_bytes(b"PK nothing")
    found = regrade(STUDENTS, results, course.standard, course.file.rubric)
    assert len(found.damaged) == 1
    assert "grade that submission again" in found.damaged[0]
    assert set(found.reports) == {"bob"}


def test_overrides_and_lateness_survive_a_regrade(results: Results, course: Course) -> None:
    """Both stand in files of the instructor's and are applied to whatever the machine says."""
    (results.folder / "overrides.yaml").write_text(
        "- {student: bob, criterion: first, points: 2, reason: nearly}\n"
        "- {student: zoe, criterion: first, points: 1, reason: who}\n"
    )
    (results.folder / "late.yaml").write_text(
        'due: "2026-03-01T12:00:00+00:00"\npercent_of_maximum_per_day: 10\n'
    )
    closed = closed_by(results, course)
    assert ["zoe" in line for line in closed.warnings] == [True]
    first = table(results)["bob"]
    assert (first["first"], first["late_days"]) == ("2", "1")
    assert float(first["final_score"]) == float(first["score"]) - 1
    other = course.but(*MORE_POINTS)
    found = regrade(STUDENTS, results, other.standard, other.file.rubric)
    write(found, results.records(), results, "new")
    closed_by(results, other)
    again = table(results)["bob"]
    assert (again["first"], again["late_days"], again["max_score"]) == ("2", "1", "11")
    (results.folder / "overrides.yaml").unlink()
    closed_by(results, other)
    assert float(table(results)["bob"]["first"]) < 2  # the machine's own again
    assert b"override" not in results.text("bob", "report.json")


def test_a_rubric_with_pictures_shows_what_is_kept(results: Results, course: Course) -> None:
    """Nothing runs for them; what is set by hand later leaves them on the page."""
    picture = ("    hint: Look.\n", "    hint: Look.\n    pictures:\n" + SHOWN)
    other = course.but(picture)
    assert b"<svg" not in results.text("bob", "report.html")
    found = regrade(STUDENTS, results, other.standard, other.file.rubric)
    write(found, results.records(), results, "new")
    assert b"Farthest apart at L0H0: yours 5, expected 0.5." in results.text("bob", "report.html")
    override = "- {student: bob, criterion: first, points: 2, reason: nearly}\n"
    (results.folder / "overrides.yaml").write_text(override)
    closed_by(results, other)
    assert b"2 of 3 points" in results.text("bob", "report.html")
    assert b"Farthest apart at L0H0" in results.text("bob", "report.html")
