"""``--cluster``: Dask workers give the same verdicts as threads, and no result is lost."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
from distributed import Client

from grader.batch.dask_cluster import local_workers
from grader.batch.dask_worker import WorkerSession, serialize_session
from grader.grading.session import Settings, open_session
from grader.rubric.load import load_rubric
from tests.attacks.notebooks import base_cells
from tests.attacks.traces import RUBRIC
from tests.batch.courses import GRADE, course
from tests.batch.outcomes import reports, scores
from tests.batch.test_run import grade
from tests.notebooks import write

pytestmark = [pytest.mark.kernel, pytest.mark.long]

STUDENTS = {f"s{i}": ("correct", "wrong", "broken")[i % 3] for i in range(6)}
EXPECTED = {
    student: {"correct": ("graded", "100"), "wrong": ("graded", "0"), "broken": ("ungradable", "")}[
        base
    ]
    for student, base in STUDENTS.items()
}


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """Start a scheduler and workers with Dask's commands; yield the address and the processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    place = ("--host", "127.0.0.1", "--port", address.rpartition(":")[2])
    with ExitStack() as stack:
        scheduler = stack.enter_context(_dask("scheduler", *place, "--no-dashboard", cwd=folder))
        own = ("--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
        joined = [
            stack.enter_context(_dask("worker", address, "--no-nanny", *own, cwd=folder))
            for _ in range(workers)
        ]
        yield address, [scheduler, *joined]


@contextmanager
def _dask(what: str, *arguments: str, cwd: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments]
    process = subprocess.Popen(command, cwd=cwd, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_workers_started_here_give_the_same_reports(tmp_path: Path) -> None:
    """Local workers give the same reports as threads, and leave no process or folder."""
    source = course(tmp_path / "in", STUDENTS)
    before = {process.pid for process in psutil.process_iter()}
    on_workers = grade(source, tmp_path / "far", "--cluster", "local", "--jobs", "2")
    assert on_workers.returncode == 0, on_workers.stderr
    assert scores(tmp_path / "far") == EXPECTED
    assert grade(source, tmp_path / "near", "--jobs", "2").returncode == 0
    assert reports(tmp_path / "far") == reports(tmp_path / "near")
    started = [p for p in psutil.process_iter(["cmdline"]) if p.pid not in before]
    assert not [p for p in started if str(tmp_path) in " ".join(p.info["cmdline"] or ())]


def test_a_killed_workers_submissions_go_to_another(tmp_path: Path) -> None:
    """The submissions of a killed worker are graded by another one, each once."""
    source = course(tmp_path / "in", STUDENTS)
    results = tmp_path / "out"
    with cluster(tmp_path, 2) as (address, (_scheduler, first, _second)):
        command = [sys.executable, "-m", "grader", "run", str(source), "-o", str(results), *GRADE]
        grader = subprocess.Popen(
            [*command, "--cluster", address], stderr=subprocess.PIPE, text=True
        )
        _wait_for_one(results, grader)
        first.kill()
        stderr = grader.communicate(timeout=200)[1]
    assert grader.returncode == 0, stderr
    assert scores(results) == EXPECTED
    assert stderr.count("/6] s") == len(STUDENTS)


def test_a_lost_scheduler_loses_no_result(tmp_path: Path) -> None:
    """A lost scheduler gives one line that says what to do; the next run continues."""
    source = course(tmp_path / "in", STUDENTS)
    results = tmp_path / "out"
    with cluster(tmp_path, 1) as (address, (scheduler, _worker)):
        command = [sys.executable, "-m", "grader", "run", str(source), "-o", str(results), *GRADE]
        grader = subprocess.Popen(
            [*command, "--cluster", address], stderr=subprocess.PIPE, text=True
        )
        _wait_for_one(results, grader)
        scheduler.kill()
        stderr = grader.communicate(timeout=120)[1]
    assert grader.returncode == 3
    assert "no longer answers. What has ended is kept" in stderr
    assert "Traceback" not in stderr
    ended = len(list(results.glob("*/submission.json")))
    continued = grade(source, results)
    assert f"{ended} finished earlier" in continued.stderr
    assert scores(results) == EXPECTED


def test_an_unreachable_scheduler_is_reported(tmp_path: Path) -> None:
    """An unreachable scheduler or an invalid address is reported in one line."""
    source = course(tmp_path / "in", {"ann": "correct"})
    for address in ("tcp://127.0.0.1:9", "nonsense", "carrier://pigeon:1"):
        refused = grade(source, tmp_path / "out", "--cluster", address)
        assert refused.returncode == 3
        assert f"Nobody listens at {address}" in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("cuda", "shapes"),
    [(False, [(1, {}), (1, {})]), (True, [(2, {"GPU": 2})])],
)
def test_workers_that_share_a_gpu_are_one_process(
    *, cuda: bool, shapes: list[tuple[int, dict[str, int]]]
) -> None:
    """Workers that share a GPU are threads of one process; others are processes."""
    with local_workers(2, cuda=cuda) as address, Client(address, set_as_default=False) as client:
        client.wait_for_workers(len(shapes), timeout=30)
        workers = client.scheduler_info()["workers"].values()
        assert [(one["nthreads"], one["resources"]) for one in workers] == shapes


def test_an_idle_worker_session_is_closed(tmp_path: Path) -> None:
    """An idle session ends its kernels, and the next submission opens it again."""
    session = open_session(load_rubric(RUBRIC), Settings(device="cpu"))
    worker_session = WorkerSession(serialize_session(session), idle_seconds=0.5)
    notebook = write(tmp_path / "a.ipynb", base_cells("correct")).read_bytes()
    children = psutil.Process().children
    before = {child.pid for child in children(recursive=True)}
    for _ in range(2):
        assert worker_session.grade("ann", "a.ipynb", notebook).score == 100
        assert worker_session.is_open
        _until(lambda: not worker_session.is_open, 20)
    left = {child.pid for child in children(recursive=True)} - before
    assert not left


def _wait_for_one(results: Path, grader: "subprocess.Popen[str]") -> None:
    """Wait until the first submission has ended."""
    ended = results.glob
    _until(lambda: grader.poll() is not None or any(ended("*/submission.json")), 120)
    assert grader.poll() is None


def _until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until a condition is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
