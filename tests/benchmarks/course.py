"""Grades N copies of one notebook, to find slowdowns, memory leaks and files left behind.

Usage: ``python -m tests.benchmarks.course NOTEBOOK N [--jobs J] [OPTIONS OF grade ...]``. Prints
the pace of the first and the last fifty, the peak memory of the grader's process, the time of a
second run that finds everything done, and the processes and files left behind.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter, sleep

import psutil

_SAMPLE = 50


def main() -> None:
    """Grade the course once, and once more when everything is done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook", type=Path)
    parser.add_argument("copies", type=int)
    parser.add_argument("--jobs", default="2")
    arguments, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        source, results, temporary = (Path(folder, name) for name in ("in", "out", "tmp"))
        source.mkdir()
        temporary.mkdir()
        for i in range(arguments.copies):
            (source / f"s{i:03}.ipynb").write_bytes(arguments.notebook.read_bytes())
        run = [sys.executable, "-m", "grader", "run", str(source), "-o", str(results)]
        command = [*run, "--jobs", arguments.jobs, *options]
        before = {process.pid for process in psutil.process_iter()}
        seconds, memory = _grade(command, temporary)
        pace = seconds / arguments.copies
        _print(f"{arguments.copies} submissions in {seconds:.0f} s: {pace:.2f} s each")
        _print(f"the grader's own process: {memory / 2**20:.0f} MB at most")
        _print(_paces(results))
        again, _ = _grade(command, temporary)
        _print(f"all of it recognised as done in {again:.2f} s")
        sleep(1)  # the last sandboxes end
        after = [p for p in psutil.process_iter() if p.pid not in before]
        grader_processes = [p for p in after if p.name() in {"bwrap", "python", "grade"}]
        left = [
            p.name() for p in grader_processes if p.status() != psutil.STATUS_ZOMBIE
        ]  # init reaps these
        _print(
            f"left behind: processes {left}, files {sorted(f.name for f in temporary.iterdir())}"
        )


def _grade(command: list[str], temporary: Path) -> tuple[float, int]:
    """Run the grader; return its seconds and the peak memory of its own process in bytes."""
    start = perf_counter()
    grader = subprocess.Popen(
        command, stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(temporary)}
    )
    peak = [0]

    def sample_memory() -> None:
        process = psutil.Process(grader.pid)
        while grader.poll() is None:
            try:
                peak[0] = max(peak[0], process.memory_info().rss)
            except psutil.Error:
                return
            sleep(0.2)

    sampler = threading.Thread(target=sample_memory)
    sampler.start()
    grader.wait()
    sampler.join()
    if grader.returncode:
        sys.exit(f"the grader ended with {grader.returncode}")
    return perf_counter() - start, peak[0]


def _paces(results: Path) -> str:
    """Describe the seconds per submission among the first and the last, by file times."""
    ended = sorted(path.stat().st_mtime for path in results.glob("*/submission.json"))
    sample = min(_SAMPLE, len(ended) // 3)
    if sample < 2:
        return "too few submissions to measure the pace"
    first = (ended[sample] - ended[0]) / sample
    last = (ended[-1] - ended[-1 - sample]) / sample
    return f"the first {sample}: {first:.2f} s each, the last {sample}: {last:.2f} s each"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
