"""Tests of `grade export`: whole batches, the instructor's policies, and its messages."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.batch.discovery.student_files import StudentFiles
from grader.batch.gradebook import State
from grader.batch.results.record import SubmissionResult
from grader.batch.results.store import BATCH_FILE, ResultsStore, report_files
from grader.cli import cli
from grader.errors import GraderError
from grader.report.model import Report
from tests.builders import MINI_RUBRIC, report, verdict

SHA = hashlib.sha256(MINI_RUBRIC.encode()).hexdigest()
SUBMITTED = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOST = verdict(outcome="failed", points=2.5, feedback="Off by <one>.")
SECRET = verdict(id="h", title="Hidden", points=0.0, max_points=0.5, visibility="hidden")


def student_files(student: str, name: str = "") -> StudentFiles:
    """Build a submission of the second of March."""
    return StudentFiles(student=student, name=name, notebook=Path("lab.ipynb"), submitted=SUBMITTED)


def scored(points: float) -> Report:
    """Build a report with a score out of ten."""
    return report(verdict(outcome="partial", points=points), rubric_sha256=SHA, total=10.0)


def batch(folder: Path, submissions: Mapping[str, tuple[str, Report | None, State]]) -> Path:
    """Write a results folder of submissions: a name, a report and a state by key."""
    results = ResultsStore(folder)
    with results.lock():
        for student, (name, made, state) in submissions.items():
            reason = "" if made else "no kernel could be started"
            result = SubmissionResult(
                student=student,
                state=state,
                reason=reason,
                files=report_files(made) if made else {},
            )
            results.save(result.of_student(student_files(student, name), config_sha256="x"))
        results.write_batch_file(
            BATCH_FILE, json.dumps({"seed": 0, "summary": {"submissions": 1}}).encode()
        )
    return folder


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Prepare two submissions, a rubric and a roster in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mini.yaml").write_text(MINI_RUBRIC)
    (tmp_path / "roster.csv").write_text("id,name\nann,Ann\nbob,Bob\n")
    batch(
        tmp_path / "results", {"ann": ("", scored(7.5), "graded"), "bob": ("", scored(3), "graded")}
    )
    return tmp_path


def run(*arguments: str) -> Result:
    """Run the command with the mini rubric."""
    return CliRunner().invoke(cli, ["export", "results", "--rubric", "./mini.yaml", *arguments])


def table(path: Path) -> list[dict[str, str]]:
    """Parse a written file."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def thirty() -> Sequence[tuple[int, str]]:
    """Return numbers and names of thirty students, some of them awkward."""
    odd = ["=cmd|'/C calc'!A0", 'O"Brien, "Bo"', "Mu\u0308ller, Zo\u00eb", "\u202eevil", "-1+1"]
    return [(4000 + i, odd[i] if i < len(odd) else f"Last{i}, First{i}") for i in range(30)]


@pytest.fixture
def thirty_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write results of thirty submissions, of which one crashed and one is ungradable."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mini.yaml").write_text(MINI_RUBRIC)
    made: dict[str, tuple[str, Report | None, State]] = {
        str(number): (name, scored(number % 10), "graded") for number, name in thirty()
    }
    made["4028"] = (made["4028"][0], None, "crashed")
    made["4029"] = (made["4029"][0], report(status="ungradable"), "ungradable")
    return batch(tmp_path / "results", made)


@pytest.mark.usefixtures("thirty_results")
def test_thirty_students_are_exported_to_canvas() -> None:
    """All match by id; two without a score are listed; exporting again gives the same bytes."""
    roster = io.StringIO()
    writer = csv.writer(roster)
    writer.writerow(["Student", "ID", "SIS Login ID", "Section", "Mini lab (5)"])
    writer.writerow(["Points Possible", "", "", "", "10"])
    writer.writerows([name, number, f"u{number}", "A", ""] for number, name in thirty())
    Path("gradebook.csv").write_text(roster.getvalue(), newline="")
    done = run("--to", "canvas", "--roster", "gradebook.csv")
    written = Path("canvas.csv").read_bytes()
    assert done.exit_code == 1
    assert "28 of 30 students have a score." in done.stderr
    assert "4028 (Last28, First28): crashed: no kernel could be started" in done.stderr
    assert "4029 (Last29, First29): ungradable" in done.stderr
    scores = {row["ID"]: row["Mini lab (5)"] for row in table(Path("canvas.csv"))}
    assert scores == {"": "10"} | {
        str(number): str(number % 10) if number < 4028 else "" for number, _ in thirty()
    }
    assert run("--to", "canvas", "--roster", "canvas.csv", "-o", "again.csv").exit_code == 1
    assert Path("again.csv").read_bytes() == written


@pytest.mark.usefixtures("thirty_results")
def test_thirty_students_are_exported_to_moodle() -> None:
    """They match by participant number, are scaled to Moodle's maximum and get comments."""
    text = io.StringIO()
    writer = csv.writer(text)
    head = "Identifier,Full name,Status,Grade,Maximum Grade,Grade can be changed,"
    writer.writerow([*head.split(",")[:-1], "Last modified (grade)", "Feedback comments"])
    writer.writerows(
        [f"Participant {number}", name, "Submitted", "", "100.00", "Yes", "-", ""]
        for number, name in thirty()
    )
    Path("worksheet.csv").write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    done = run("--to", "moodle", "--roster", "worksheet.csv")
    rows = table(Path("moodle.csv"))
    assert [row["Grade"] for row in rows] == [
        str(number % 10 * 10) if number < 4028 else "" for number, _ in thirty()
    ]
    assert [row["Full name"] for row in rows] == [name for _, name in thirty()]
    assert all(row["Feedback comments"].startswith("<p>Mini lab: ") for row in rows[:28])
    assert "Scores out of 10 are scaled to the gradebook's 100 points." in done.stderr


def test_exit_code_is_0_if_every_submission_has_a_score(course: Path) -> None:
    """A student without a submission is listed, but does not change the exit code."""
    (course / "roster.csv").write_text("id,name\nann,Ann\nbob,Bob\ncid,\x1b[31mCid\n")
    done = run("--to", "csv", "--roster", "roster.csv")
    assert done.exit_code == 0
    assert "Rows without a submission (1):\n  cid (\\u001b[31mCid)" in done.stderr
    assert (done.stdout, "\x1b" in done.stderr) == ("", False)


def test_exit_code_is_1_if_a_submission_matches_no_row(course: Path) -> None:
    """The submission is listed, for a person to look at."""
    (course / "roster.csv").write_text("id\nann\n")
    done = run("--to", "csv", "--roster", "roster.csv")
    assert (done.exit_code, "match no row of the roster (1):\n  bob" in done.stderr) == (1, True)


def test_overrides_and_late_policy_are_applied(course: Path) -> None:
    """The exported scores include both, and the results folder does not change."""
    results = course / "results"
    item = "{student: ann, criterion: scores, points: 10, reason: Shown.}"
    (results / "overrides.yaml").write_text(f"- {item}\n")
    (results / "late.yaml").write_text(
        "due: 2026-03-01T13:00:00+00:00\npercent_of_maximum_per_day: 20\n"
    )
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    assert run("--to", "nbgrader").exit_code == 0
    rows = [
        (row["raw_score"], row["late_submission_penalty"], row["score"], row["duedate"])
        for row in table(Path("nbgrader.csv"))
    ]
    assert rows == [
        ("10.0", "2.0", "8.0", "2026-03-01 13:00:00"), ("3.0", "2.0", "1.0", "2026-03-01 13:00:00"),
    ]  # fmt: skip
    assert {path: path.read_bytes() for path in results.rglob("*") if path.is_file()} == before


def test_comments_list_lost_points_but_not_hidden_criteria(course: Path) -> None:
    """The comment is escaped text, and begins with the final score."""
    made = report(LOST, SECRET, rubric_sha256=SHA, total=10.0)
    batch(course / "results", {"77": ("", made, "graded")})
    (course / "w.csv").write_text(
        "Identifier,Grade,Maximum Grade,Feedback comments\nParticipant 77,,10,\n"
    )
    run("--to", "moodle", "--roster", "w.csv")
    (row,) = table(Path("moodle.csv"))
    assert row["Feedback comments"] == (
        "<p>Mini lab: 2.5 of 10 points.<br>compute_induction_scores, Scores: 2.5 of 10: "
        "Off by &lt;one&gt;.</p>"
    )


def test_another_rubric_is_noted(course: Path) -> None:
    """The stored scores are exported with a warning; an unfinished batch gives one too."""
    (course / "mini.yaml").write_text(MINI_RUBRIC.replace("hint: Mind", "hint: Do mind"))
    (course / "results" / BATCH_FILE).write_text('{"seed": 0}')
    done = run("--to", "csv")
    assert "2 of 2 reports are by another rubric than mini.yaml" in done.stderr
    assert "The batch is not finished" in done.stderr
    assert [row["score"] for row in table(Path("csv.csv"))] == ["7.5", "3"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "canvas"], "--to canvas needs --roster FILE: the file from Grades, Export"),
        (["--to", "csv", "--match", "id"], "--match names a column of the roster"),
        (
            ["--to", "moodle", "--roster", "roster.csv", "--assignment", "x"],
            "leave --assignment out",
        ),
        (["--to", "csv", "--roster", "gone.csv"], "Cannot read gone.csv"),
        (["--to", "csv", "--roster", "."], "Cannot read .: it is not a file"),
        (["--to", "csv", "--roster", "huge.csv"], "at most 16 MB"),
        (["--to", "csv", "--roster", "roster.csv", "-o", "roster.csv"], "is the roster itself"),
        (["--to", "csv", "--roster", "roster.csv", "-o", "link.csv"], "is the roster itself"),
        (["--to", "csv", "-o", "results"], "Cannot write results"),
        (
            ["--to", "csv", "--roster", "roster.csv", "--match", "x"],
            "exactly one column x",
        ),
    ],
)
def test_wrong_usage_gives_one_line(course: Path, arguments: list[str], message: str) -> None:
    """The line says what to do, and nothing is written."""
    with (course / "huge.csv").open("wb") as file:
        file.truncate(2**24 + 1)
    (course / "link.csv").symlink_to("roster.csv")
    before = set(course.iterdir())
    done = run(*arguments)
    assert isinstance(done.exception, GraderError)
    assert message in str(done.exception)
    assert str(done.exception).isprintable()
    assert set(course.iterdir()) == before


def test_the_roster_is_never_overwritten(course: Path) -> None:
    """If the default output is the roster, the command asks for another name."""
    (course / "csv.csv").write_text("id\nann\n")
    done = run("--to", "csv", "--roster", "csv.csv")
    assert "is the roster itself: name another file with -o" in str(done.exception)
    assert (course / "csv.csv").read_text() == "id\nann\n"


def test_a_folder_without_results_is_an_error(course: Path) -> None:
    """A missing folder gives the same error."""
    for folder in ("empty", "gone"):
        if folder == "empty":
            (course / folder).mkdir()
        done = CliRunner().invoke(cli, ["export", folder, "--to", "csv"])
        assert "holds no results: grade a folder into it first" in str(done.exception)
