"""`grade export` on a results folder: whole batches, the instructor's rules, and its last lines."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.batch.discovery.submission import Found, HandedIn
from grader.batch.gradebook import State
from grader.batch.results.record import Finished, Record
from grader.batch.results.store import BATCH, Results, pages_of
from grader.cli import cli
from grader.errors import GraderError
from grader.report.model import Report
from tests.builders import MINI_RUBRIC, report, verdict

SHA = hashlib.sha256(MINI_RUBRIC.encode()).hexdigest()
WHEN = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOST = verdict(outcome="failed", points=2.5, feedback="Off by <one>.")
SECRET = verdict(id="h", title="Hidden", points=0.0, max_points=0.5, visibility="hidden")


def found(student: str, name: str = "") -> Found:
    """A submission of the second of March."""
    return Found(student=student, name=name, notebook=Path("lab.ipynb"), submitted=WHEN)


def scored(points: float) -> Report:
    """A report of so many points of ten."""
    return report(verdict(outcome="partial", points=points), rubric_sha256=SHA, total=10.0)


def batch(folder: Path, submissions: Mapping[str, tuple[str, Report | None, State]]) -> Path:
    """A results folder of these: a name, a report and a state by key."""
    results = Results(folder)
    with results.held():
        for student, (name, made, state) in submissions.items():
            ended = Finished(state=state, reason="" if made else "no kernel could be started")
            record = Record.of(HandedIn(found=found(student, name)), ended, graded_by="x")
            results.keep(record, pages_of(made) if made else {})
        results.write(BATCH, json.dumps({"seed": 0, "summary": {"submissions": 1}}).encode())
    return folder


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two submissions, a rubric and a roster, where the command runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mini.yaml").write_text(MINI_RUBRIC)
    (tmp_path / "roster.csv").write_text("id,name\nann,Ann\nbob,Bob\n")
    batch(
        tmp_path / "results", {"ann": ("", scored(7.5), "graded"), "bob": ("", scored(3), "graded")}
    )
    return tmp_path


def run(*arguments: str) -> Result:
    """The command, by the mini rubric."""
    return CliRunner().invoke(cli, ["export", "results", "--rubric", "./mini.yaml", *arguments])


def table(path: Path) -> list[dict[str, str]]:
    """What was written."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def thirty() -> Sequence[tuple[int, str]]:
    """Numbers and names of a course, some of them awkward."""
    odd = ["=cmd|'/C calc'!A0", 'O"Brien, "Bo"', "Mu\u0308ller, Zo\u00eb", "\u202eevil", "-1+1"]
    return [(4000 + i, odd[i] if i < len(odd) else f"Last{i}, First{i}") for i in range(30)]


@pytest.fixture
def thirty_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Thirty submissions of a platform's ids: one crashed, one ungradable."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mini.yaml").write_text(MINI_RUBRIC)
    made: dict[str, tuple[str, Report | None, State]] = {
        str(number): (name, scored(number % 10), "graded") for number, name in thirty()
    }
    made["4028"] = (made["4028"][0], None, "crashed")
    made["4029"] = (made["4029"][0], report(status="ungradable"), "ungradable")
    return batch(tmp_path / "results", made)


@pytest.mark.usefixtures("thirty_results")
def test_thirty_students_to_canvas() -> None:
    """Everyone by the id; two have no number, and are named; a second time gives the same bytes."""
    roster = io.StringIO()
    writer = csv.writer(roster)
    writer.writerow(["Student", "ID", "SIS Login ID", "Section", "Mini lab (5)"])
    writer.writerow(["Points Possible", "", "", "", "10"])
    writer.writerows([name, number, f"u{number}", "A", ""] for number, name in thirty())
    Path("gradebook.csv").write_text(roster.getvalue(), newline="")
    done = run("--to", "canvas", "--roster", "gradebook.csv")
    written = Path("canvas.csv").read_bytes()
    assert done.exit_code == 1
    assert "28 of 30 students have a number." in done.stderr
    assert "4028 (Last28, First28): crashed: no kernel could be started" in done.stderr
    assert "4029 (Last29, First29): ungradable" in done.stderr
    scores = {row["ID"]: row["Mini lab (5)"] for row in table(Path("canvas.csv"))}
    assert scores == {"": "10"} | {
        str(number): str(number % 10) if number < 4028 else "" for number, _ in thirty()
    }
    assert run("--to", "canvas", "--roster", "canvas.csv", "-o", "again.csv").exit_code == 1
    assert Path("again.csv").read_bytes() == written


@pytest.mark.usefixtures("thirty_results")
def test_thirty_students_to_moodle() -> None:
    """By the participant's number, out of Moodle's own maximum, with a comment each."""
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


def test_everyone_in_it_is_exit_code_0(course: Path) -> None:
    """A student who handed in nothing is listed, and no failure of the export."""
    (course / "roster.csv").write_text("id,name\nann,Ann\nbob,Bob\ncid,\x1b[31mCid\n")
    done = run("--to", "csv", "--roster", "roster.csv")
    assert done.exit_code == 0
    assert "Rows without a submission (1):\n  cid (\\u001b[31mCid)" in done.stderr
    assert (done.stdout, "\x1b" in done.stderr) == ("", False)


def test_a_stranger_is_exit_code_1(course: Path) -> None:
    """A submission that the roster does not know is for a person to look at."""
    (course / "roster.csv").write_text("id\nann\n")
    done = run("--to", "csv", "--roster", "roster.csv")
    assert (done.exit_code, "fit no row of the roster (1):\n  bob" in done.stderr) == (1, True)


def test_the_instructors_rules_count(course: Path) -> None:
    """Overrides and lateness are in the number, and the results folder stays as it was."""
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


def test_comments_say_where_points_were_lost_and_nothing_of_what_is_hidden(course: Path) -> None:
    """As text, with the score that counts first."""
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


def test_another_rubric_is_said(course: Path) -> None:
    """The scores are those of the results; so is a batch that has not ended."""
    (course / "mini.yaml").write_text(MINI_RUBRIC.replace("hint: Mind", "hint: Do mind"))
    (course / "results" / BATCH).write_text('{"seed": 0}')
    done = run("--to", "csv")
    assert "2 of 2 reports are by another rubric than mini.yaml" in done.stderr
    assert "The batch has not ended" in done.stderr
    assert [row["score"] for row in table(Path("csv.csv"))] == ["7.5", "3"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--to", "canvas"], "--to canvas needs --roster FILE: the file of Grades, Export"),
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
        (["--to", "csv", "--roster", "roster.csv", "--match", "x"], "has no one column x"),
    ],
)
def test_wrong_usage_is_one_line(course: Path, arguments: list[str], says: str) -> None:
    """It says what to do, and nothing is written."""
    with (course / "huge.csv").open("wb") as file:
        file.truncate(2**24 + 1)
    (course / "link.csv").symlink_to("roster.csv")
    before = set(course.iterdir())
    done = run(*arguments)
    assert isinstance(done.exception, GraderError)
    assert says in str(done.exception)
    assert str(done.exception).isprintable()
    assert set(course.iterdir()) == before


def test_the_roster_is_never_written_over_by_default(course: Path) -> None:
    """A roster of the name that would be written stays; another name is asked for."""
    (course / "csv.csv").write_text("id\nann\n")
    done = run("--to", "csv", "--roster", "csv.csv")
    assert "is the roster itself: name another file with -o" in str(done.exception)
    assert (course / "csv.csv").read_text() == "id\nann\n"


def test_a_folder_without_results_is_said(course: Path) -> None:
    """And one that is not there."""
    for folder in ("empty", "gone"):
        if folder == "empty":
            (course / folder).mkdir()
        done = CliRunner().invoke(cli, ["export", folder, "--to", "csv"])
        assert "holds no results: grade a folder into it first" in str(done.exception)
