"""``grade FOLDER -o RESULTS`` from the command line: batches finish, resume and survive kills."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psutil
import pytest

from tests.attacks.traces import RUBRIC
from tests.batch.chaos import Chaos, command
from tests.batch.courses import GRADE, course
from tests.batch.outcomes import reports, scores

pytestmark = pytest.mark.kernel


def grade(source: Path, results: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    """Run the command."""
    command = [sys.executable, "-m", "grader", "run", str(source), "-o", str(results)]
    return subprocess.run(
        [*command, *GRADE, *more], capture_output=True, text=True, check=False, timeout=300
    )


def test_everyone_ends_and_nothing_is_done_twice(tmp_path: Path) -> None:
    """A graded folder is not graded again; changed and forced notebooks are."""
    source = course(tmp_path / "in", {"ann": "correct", "bob": "wrong", "cid": "broken"})
    results = tmp_path / "out"
    first = grade(source, results, "--jobs", "2")
    assert first.returncode == 0, first.stderr
    assert scores(results) == {
        "ann": ("graded", "100"),
        "bob": ("graded", "0"),
        "cid": ("ungradable", ""),
    }
    assert "[3/3]" in first.stderr
    again = grade(source, results)
    assert "3 finished earlier, 0 to grade" in again.stderr
    (source / "bob.ipynb").write_bytes((source / "ann.ipynb").read_bytes())
    third = grade(source, results)
    assert "2 finished earlier, 1 to grade" in third.stderr
    assert scores(results)["bob"] == ("graded", "100")
    forced = grade(source, results, "--force", "--only", "ann")
    assert "[1/1] ann 100" in forced.stderr
    assert set(scores(results)) == {"ann", "bob", "cid"}
    command = [sys.executable, "-m", "grader", "regrade", str(results), "--rubric", str(RUBRIC)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert shown.returncode == 0, shown.stderr
    assert "0 up, 0 down, 2 the same" in shown.stdout


@pytest.mark.long
def test_one_or_two_at_a_time_and_one_alone_give_the_same(tmp_path: Path) -> None:
    """Reports do not depend on the number of jobs, or on the folder being a zip."""
    source = course(tmp_path / "in", {"ann": "correct", "bob": "wrong", "cid": "correct"})
    packed = tmp_path / "in.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in source.iterdir():
            archive.write(path, path.name)
    for name, given, jobs in (("one", source, "1"), ("two", source, "2"), ("zip", packed, "2")):
        assert grade(given, tmp_path / name, "--jobs", jobs).returncode == 0
    assert reports(tmp_path / "one") == reports(tmp_path / "two") == reports(tmp_path / "zip")
    tables = {(tmp_path / name / "criteria.csv").read_bytes() for name in ("one", "two", "zip")}
    assert len(tables) == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "Ctrl-C"])
@pytest.mark.long
def test_a_stopped_batch_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    """After the grader is killed, the next run grades the rest with the same reports."""
    students = {f"s{i}": ("correct", "wrong")[i % 2] for i in range(5)}
    source = course(tmp_path / "in", students)
    results = tmp_path / "out"
    command = [sys.executable, "-m", "grader", "run", str(source), "-o", str(results), *GRADE]
    grader = subprocess.Popen(
        [*command, "--jobs", "2"],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 (before exec; a shell may have had it ignored)
    )
    deadline = time.monotonic() + 120
    while not list(results.glob("*/submission.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(grader.pid, number)
    grader.communicate(timeout=30)
    finished = len(list(results.glob("*/submission.json")))
    assert 0 < finished < len(students)
    continued = grade(source, results, "--jobs", "2")
    assert continued.returncode == 0, continued.stderr
    assert f"{finished} finished earlier, {len(students) - finished} to grade" in continued.stderr
    assert grade(source, tmp_path / "undisturbed", "--jobs", "2").returncode == 0
    assert reports(results) == reports(tmp_path / "undisturbed")


@pytest.mark.long
def test_a_killed_fork_server_loses_no_submission(tmp_path: Path) -> None:
    """If the fork server is killed, the notebooks it was running are run again."""
    students = {f"s{i}": ("correct", "wrong")[i % 2] for i in range(6)}
    source = course(tmp_path / "in", students)
    command = [sys.executable, "-m", "grader", "run", str(source), "-o", str(tmp_path / "out")]
    grader = subprocess.Popen([*command, *GRADE, "--jobs", "2"], stderr=subprocess.DEVNULL)
    killed: set[int] = set()
    while grader.poll() is None:
        time.sleep(0.2)
        done = len(list((tmp_path / "out").glob("*/submission.json")))
        for parent in fork_servers(grader.pid) - killed:
            if done > len(killed) and len(killed) < 2:
                killed.add(parent)
                psutil.Process(parent).kill()
    assert grader.wait() == 0
    assert len(killed) == 2
    expected = {s: ("graded", "100" if base == "correct" else "0") for s, base in students.items()}
    assert scores(tmp_path / "out") == expected


@pytest.mark.long
def test_chaos(tmp_path: Path) -> None:
    """Whatever process is killed, repeating the command completes the batch."""
    students = {f"s{i}": ("correct", "wrong")[i % 2] for i in range(6)}
    source = course(tmp_path / "in", students)
    chaos = Chaos(rng=random.Random(0), pause=(1.0, 3.0), share=0.2)  # noqa: S311 (chaos)
    chaos.run(command(source, tmp_path / "wild"), kills=5)
    assert chaos.killed
    assert grade(source, tmp_path / "calm", "--jobs", "2").returncode == 0
    assert reports(tmp_path / "wild") == reports(tmp_path / "calm")
    assert scores(tmp_path / "wild") == scores(tmp_path / "calm")


def fork_servers(grader: int) -> set[int]:
    """Return the pids of a grader's fork servers, without their children."""
    found = set()
    for process in psutil.Process(grader).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            above = process.parent()
            line, aboves = process.cmdline(), above.cmdline() if above else []
            if "grader.kernel.forkserver" in line and line != aboves and "bwrap" not in line[0]:
                found.add(process.pid)
    return found


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["in"], "needs -o RESULTS"),
        (["empty", "-o", "out"], "looked for notebooks"),
        (["broken.zip", "-o", "out"], "broken.zip"),
        (["in", "-o", "out", "--only", "zoe"], "Nobody is called 'zoe'"),
        (["in", "-o", "file"], "Cannot write to"),
        (["in", "-o", "others"], "holds results of another rubric"),
    ],
)
def test_wrong_usage_is_one_line(tmp_path: Path, arguments: list[str], expected: str) -> None:
    """Wrong usage gives one line that says what to do, and no traceback."""
    course(tmp_path / "in", {"ann": "broken"})
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no zip")
    (tmp_path / "file").write_text("x")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "batch.json").write_text('{"rubric": {"sha256": "0"}}')
    done = subprocess.run(
        [sys.executable, "-m", "grader", *arguments, *GRADE],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in {2, 3}
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
