"""Compares the throughput of four graders on copies of one notebook, on one machine.

Usage: ``python -m tests.benchmarks.throughput NOTEBOOK [COPIES] [--peers PYTHON]``. ``PYTHON`` is
the interpreter of an environment in which nbgrader, otter-grader and this package are installed;
without it the only comparison is plain nbclient. Every grader runs the same cells on the same
model: for peers, a first cell replaces the download by the planted model.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import nbformat
import psutil

from tests.benchmarks.cold import with_model

_NBCLIENT = """
import sys, nbformat
from nbclient import NotebookClient
for name in sys.argv[1:]:
    nb = nbformat.read(name, as_version=4)
    NotebookClient(nb, timeout=600, allow_errors=True, kernel_name="python3").execute()
"""
_OTTER_TEST = """OK_FORMAT = True
test = {"name": "q1", "points": 1, "suites": [{"cases": [
    {"code": ">>> callable(compute_induction_scores)\\nTrue", "hidden": False, "locked": False}
], "scored": True, "setup": "", "teardown": "", "type": "doctest"}]}
"""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Time and peak memory of one way of grading all copies."""

    name: str
    seconds: float
    memory: int


def main() -> None:
    """Grade the copies in each way, and print seconds per notebook and their ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook", type=Path)
    parser.add_argument("copies", type=int, nargs="?", default=4)
    parser.add_argument("--peers", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ways = _ways(arguments.notebook.resolve(), arguments.copies, Path(folder), arguments.peers)
        measurements = [_measure(name, way) for name, way in ways.items()]
    for one in measurements:
        ratios = ", ".join(
            f"{other.seconds / one.seconds:.1f} x {other.name}"
            for other in measurements
            if other.seconds > one.seconds
        )
        _print(
            f"{one.name:16} {one.seconds / arguments.copies:6.2f} s a notebook, "
            f"peak {one.memory / 2**20:5.0f} MB  {ratios}"
        )


def _ways(
    notebook: Path, copies: int, folder: Path, peers: str
) -> dict[str, Callable[[], dict[str, float] | None]]:
    plain = [with_model(notebook, folder / "plain", f"s{i}") for i in range(copies)]
    source = folder / "in"
    source.mkdir()
    for i in range(copies):
        (source / f"s{i}.ipynb").write_bytes(notebook.read_bytes())
    ways: dict[str, Callable[[], dict[str, float] | None]] = {
        "nbclient": lambda: _run(sys.executable, "-c", _NBCLIENT, *map(str, plain)),
        "grade --jobs 1": lambda: _grade(source, folder / "one", 1),
        "grade --jobs 2": lambda: _grade(source, folder / "two", 2),
    }
    if peers:
        ways["nbgrader"] = lambda: _nbgrader(peers, plain, folder / "course")
        ways["otter-grader"] = lambda: _otter(peers, plain, folder / "otter")
    return ways


def _grade(source: Path, results: Path, jobs: int) -> dict[str, float]:
    """Grade with this package; return the overhead over the notebook's own time."""
    command = ("grader", "run", str(source), "-o", str(results), "--jobs", str(jobs))
    _run(sys.executable, "-m", *command, "--no-full")  # peers have no hidden tests
    overheads = []
    for path in results.glob("*/report.json"):
        report = json.loads(path.read_text())
        record = json.loads((path.parent / "submission.json").read_text())
        own = report["notebook"]["seconds"] + sum(_probes(path.parent))
        overheads.append(record["seconds"] - own)
    return {"overhead": sum(overheads) / len(overheads)}


def _probes(folder: Path) -> list[float]:
    from grader.batch.results.observations import decode_run  # noqa: PLC0415

    stored = decode_run((folder / "observations.safetensors").read_bytes(), name=folder.name)
    return list(stored.execution.seconds.values())


def _nbgrader(python: str, notebooks: list[Path], course: Path) -> None:
    """Grade a course with one assignment of one graded cell."""
    release = nbformat.read(notebooks[0], as_version=4)
    for kind in ("source/lab", "release/lab"):
        (course / kind).mkdir(parents=True)
    grading = {"grade": True, "grade_id": "t1", "locked": True, "points": 1, "schema_version": 3}
    test = nbformat.v4.new_code_cell("assert callable(compute_induction_scores)")
    test.metadata["nbgrader"] = {**grading, "solution": False, "task": False}
    release.cells.append(test)
    nbformat.write(release, course / "source" / "lab" / "lab.ipynb")
    _run(python, "-m", "nbgrader", "generate_assignment", "lab", "--force", cwd=course)
    for notebook in notebooks:
        folder = course / "submitted" / notebook.stem / "lab"
        folder.mkdir(parents=True)
        nbformat.write(release, folder / "lab.ipynb")
    options = ["--ExecutePreprocessor.timeout=600", "--ExecutePreprocessor.allow_errors=True"]
    _run(python, "-m", "nbgrader", "autograde", "lab", *options, cwd=course)


def _otter(python: str, notebooks: list[Path], folder: Path) -> None:
    """Run an autograder with one test on one notebook after the other, without a container."""
    (folder / "tests").mkdir(parents=True)
    (folder / "tests" / "q1.py").write_text(_OTTER_TEST)
    (folder / "out").mkdir()
    _run(python, "-m", "otter", "generate", "-t", "tests", "-o", "a.zip", "--no-environment",
         cwd=folder)  # fmt: skip
    for notebook in notebooks:
        _run(python, "-m", "otter", "run", "-a", "a.zip", "-o", "out", str(notebook), cwd=folder)


def _measure(name: str, way: Callable[[], dict[str, float] | None]) -> Measurement:
    """Measure the time, and the peak memory of all descendant processes."""
    peak, finished = [0], threading.Event()

    def sample_memory() -> None:
        while not finished.is_set():
            peak[0] = max(
                peak[0], sum(map(_proportional_size, psutil.Process().children(recursive=True)))
            )
            sleep(0.5)

    sampler = threading.Thread(target=sample_memory)
    sampler.start()
    start = perf_counter()
    details = way() or {}
    seconds = perf_counter() - start
    finished.set()
    sampler.join()
    more = "".join(f", {key} {value:.2f} s" for key, value in details.items())
    _print(f"{name}: {seconds:.1f} s in all{more}")
    return Measurement(name, seconds, peak[0])


def _proportional_size(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def _run(*command: str, cwd: Path | None = None) -> None:
    tools = f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, check=False, env={**os.environ, "PATH": tools}
    )
    if done.returncode:
        _print(f"{' '.join(command[1:4])}: {done.stderr.decode('utf-8', 'replace')[-500:]}")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
