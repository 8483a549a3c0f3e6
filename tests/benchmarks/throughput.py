"""Copies of one notebook through four graders in turn, on one machine.

Usage: ``python -m tests.benchmarks.throughput NOTEBOOK [COPIES] [--peers PYTHON]``. ``PYTHON`` is
the interpreter of an environment in which nbgrader, otter-grader and this package are installed;
without it only plain nbclient is the measure. Every way runs the same cells on the same model:
peers get it by a first cell that puts the planted model in the place of the download.
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
class Took:
    """One way of grading all copies."""

    name: str
    seconds: float
    memory: int


def main() -> None:
    """Grade the copies in each way, and print seconds a notebook and how they compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook", type=Path)
    parser.add_argument("copies", type=int, nargs="?", default=4)
    parser.add_argument("--peers", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ways = _ways(asked.notebook.resolve(), asked.copies, Path(folder), asked.peers)
        took = [_measured(name, way) for name, way in ways.items()]
    for one in took:
        ratios = ", ".join(
            f"{other.seconds / one.seconds:.1f} x {other.name}"
            for other in took
            if other.seconds > one.seconds
        )
        _say(
            f"{one.name:16} {one.seconds / asked.copies:6.2f} s a notebook, "
            f"peak {one.memory / 2**20:5.0f} MB  {ratios}"
        )


def _ways(
    notebook: Path, copies: int, folder: Path, peers: str
) -> dict[str, Callable[[], dict[str, float] | None]]:
    plain = [with_model(notebook, folder / "plain", f"s{i}") for i in range(copies)]
    given = folder / "in"
    given.mkdir()
    for i in range(copies):
        (given / f"s{i}.ipynb").write_bytes(notebook.read_bytes())
    ways: dict[str, Callable[[], dict[str, float] | None]] = {
        "nbclient": lambda: _run(sys.executable, "-c", _NBCLIENT, *map(str, plain)),
        "grade --jobs 1": lambda: _grade(given, folder / "one", 1),
        "grade --jobs 2": lambda: _grade(given, folder / "two", 2),
    }
    if peers:
        ways["nbgrader"] = lambda: _nbgrader(peers, plain, folder / "course")
        ways["otter-grader"] = lambda: _otter(peers, plain, folder / "otter")
    return ways


def _grade(given: Path, results: Path, jobs: int) -> dict[str, float]:
    """Ours; what of it is the notebook's own time is in the records."""
    command = ("grader", "run", str(given), "-o", str(results), "--jobs", str(jobs))
    _run(sys.executable, "-m", *command, "--no-full")  # peers ask nothing that is hidden
    over = []
    for path in results.glob("*/report.json"):
        report = json.loads(path.read_text())
        record = json.loads((path.parent / "submission.json").read_text())
        own = report["notebook"]["seconds"] + sum(_probes(path.parent))
        over.append(record["seconds"] - own)
    return {"overhead": sum(over) / len(over)}


def _probes(folder: Path) -> list[float]:
    from grader.batch.results.observations import from_npz  # noqa: PLC0415

    stored = from_npz((folder / "observations.npz").read_bytes(), name=folder.name)
    return list(stored.execution.seconds.values())


def _nbgrader(python: str, notebooks: list[Path], course: Path) -> None:
    """A course with one assignment of one graded cell, handed in by everyone."""
    release = nbformat.read(notebooks[0], as_version=4)
    for kind in ("source/lab", "release/lab"):
        (course / kind).mkdir(parents=True)
    marked = {"grade": True, "grade_id": "t1", "locked": True, "points": 1, "schema_version": 3}
    test = nbformat.v4.new_code_cell("assert callable(compute_induction_scores)")
    test.metadata["nbgrader"] = {**marked, "solution": False, "task": False}
    release.cells.append(test)
    nbformat.write(release, course / "source" / "lab" / "lab.ipynb")
    _run(python, "-m", "nbgrader", "generate_assignment", "lab", "--force", cwd=course)
    for notebook in notebooks:
        own = course / "submitted" / notebook.stem / "lab"
        own.mkdir(parents=True)
        nbformat.write(release, own / "lab.ipynb")
    options = ["--ExecutePreprocessor.timeout=600", "--ExecutePreprocessor.allow_errors=True"]
    _run(python, "-m", "nbgrader", "autograde", "lab", *options, cwd=course)


def _otter(python: str, notebooks: list[Path], folder: Path) -> None:
    """An autograder with one test, run on one notebook after the other without a container."""
    (folder / "tests").mkdir(parents=True)
    (folder / "tests" / "q1.py").write_text(_OTTER_TEST)
    (folder / "out").mkdir()
    _run(python, "-m", "otter", "generate", "-t", "tests", "-o", "a.zip", "--no-environment",
         cwd=folder)  # fmt: skip
    for notebook in notebooks:
        _run(python, "-m", "otter", "run", "-a", "a.zip", "-o", "out", str(notebook), cwd=folder)


def _measured(name: str, way: Callable[[], dict[str, float] | None]) -> Took:
    """How long it takes, and what it and all it starts have in memory at most."""
    most, over = [0], threading.Event()

    def watch() -> None:
        while not over.is_set():
            most[0] = max(most[0], sum(map(_share, psutil.Process().children(recursive=True))))
            sleep(0.5)

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = perf_counter()
    said = way() or {}
    seconds = perf_counter() - start
    over.set()
    watcher.join()
    more = "".join(f", {key} {value:.2f} s" for key, value in said.items())
    _say(f"{name}: {seconds:.1f} s in all{more}")
    return Took(name, seconds, most[0])


def _share(process: psutil.Process) -> int:
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
        _say(f"{' '.join(command[1:4])}: {done.stderr.decode('utf-8', 'replace')[-500:]}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
