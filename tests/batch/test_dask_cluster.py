"""``--cluster``: Dask's workers in place of threads: the same verdicts, and nothing is lost."""

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
from grader.batch.dask_worker import Desk, packed
from grader.grading.session import Settings, open_sitting
from grader.rubric.load import load_rubric
from tests.attacks.notebooks import base_cells
from tests.attacks.traces import RUBRIC
from tests.batch.courses import GRADE, course
from tests.batch.outcomes import reports, scores
from tests.batch.test_run import grade
from tests.notebooks import write

pytestmark = pytest.mark.kernel

STUDENTS = {f"s{i}": ("correct", "wrong", "broken")[i % 3] for i in range(6)}
EXPECTED = {
    student: {"correct": ("graded", "100"), "wrong": ("graded", "0"), "broken": ("ungradable", "")}[
        base
    ]
    for student, base in STUDENTS.items()
}


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """A scheduler and workers of Dask's own commands: its address, and the workers."""
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
    """To the byte, as threads of the grader do; and no process or folder of theirs is left."""
    source = course(tmp_path / "in", STUDENTS)
    before = {process.pid for process in psutil.process_iter()}
    far = grade(source, tmp_path / "far", "--cluster", "local", "--jobs", "2")
    assert far.returncode == 0, far.stderr
    assert scores(tmp_path / "far") == EXPECTED
    assert grade(source, tmp_path / "near", "--jobs", "2").returncode == 0
    assert reports(tmp_path / "far") == reports(tmp_path / "near")
    ours = [p for p in psutil.process_iter(["cmdline"]) if p.pid not in before]
    assert not [p for p in ours if str(tmp_path) in " ".join(p.info["cmdline"] or ())]


def test_a_killed_workers_submissions_go_to_another(tmp_path: Path) -> None:
    """Each report is there once, and as it should be."""
    source = course(tmp_path / "in", STUDENTS)
    results = tmp_path / "out"
    with cluster(tmp_path, 2) as (address, (_scheduler, first, _second)):
        command = [sys.executable, "-m", "grader", "run", str(source), "-o", str(results), *GRADE]
        grader = subprocess.Popen(
            [*command, "--cluster", address], stderr=subprocess.PIPE, text=True
        )
        _wait_for_one(results, grader)
        first.kill()
        said = grader.communicate(timeout=200)[1]
    assert grader.returncode == 0, said
    assert scores(results) == EXPECTED
    assert said.count("/6] s") == len(STUDENTS)


def test_a_lost_scheduler_loses_no_result(tmp_path: Path) -> None:
    """One line says what to do; the next run, without it, goes on."""
    source = course(tmp_path / "in", STUDENTS)
    results = tmp_path / "out"
    with cluster(tmp_path, 1) as (address, (scheduler, _worker)):
        command = [sys.executable, "-m", "grader", "run", str(source), "-o", str(results), *GRADE]
        grader = subprocess.Popen(
            [*command, "--cluster", address], stderr=subprocess.PIPE, text=True
        )
        _wait_for_one(results, grader)
        scheduler.kill()
        said = grader.communicate(timeout=120)[1]
    assert grader.returncode == 3
    assert "no longer answers. What has ended is kept" in said
    assert "Traceback" not in said
    ended = len(list(results.glob("*/submission.json")))
    went_on = grade(source, results)
    assert f"{ended} finished earlier" in went_on.stderr
    assert scores(results) == EXPECTED


def test_nobody_listens(tmp_path: Path) -> None:
    """A scheduler that is not there, or no address at all, is said in one line."""
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
    """They take turns on it; elsewhere a killed worker takes no other with it."""
    with local_workers(2, cuda=cuda) as address, Client(address, set_as_default=False) as client:
        client.wait_for_workers(len(shapes), timeout=30)
        workers = client.scheduler_info()["workers"].values()
        assert [(one["nthreads"], one["resources"]) for one in workers] == shapes


def test_a_desk_that_nobody_comes_to_is_closed(tmp_path: Path) -> None:
    """Whoever sent submissions may be gone: warm kernels end, and the next one opens it again."""
    sitting = open_sitting(load_rubric(RUBRIC), Settings(device="cpu"))
    desk = Desk(packed(sitting), idle=0.5)
    notebook = write(tmp_path / "a.ipynb", base_cells("correct")).read_bytes()
    children = psutil.Process().children
    before = {child.pid for child in children(recursive=True)}
    for _ in range(2):
        assert desk.grade("ann", "a.ipynb", notebook).score == 100
        assert desk.is_open
        _until(lambda: not desk.is_open, 20)
    left = {child.pid for child in children(recursive=True)} - before
    assert not left


def _wait_for_one(results: Path, grader: "subprocess.Popen[str]") -> None:
    """Until the first submission has ended."""
    ended = results.glob
    _until(lambda: grader.poll() is not None or any(ended("*/submission.json")), 120)
    assert grader.poll() is None


def _until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
