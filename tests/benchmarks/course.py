"""A course of N copies of one notebook: whether it stays as fast, as small and as clean.

Usage: ``python -m tests.benchmarks.course NOTEBOOK N [--jobs J] [OPTIONS OF grade ...]``. Prints
how long the first and the last fifty took, the grader's own memory at most, how long it takes to
recognise that all of it is done, and what is left behind.
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
    """Grade the course once, and once more when all of it is done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook", type=Path)
    parser.add_argument("copies", type=int)
    parser.add_argument("--jobs", default="2")
    asked, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="course-") as place:
        source, results, own = Path(place, "in"), Path(place, "out"), Path(place, "tmp")
        source.mkdir()
        own.mkdir()
        for i in range(asked.copies):
            (source / f"s{i:03}.ipynb").write_bytes(asked.notebook.read_bytes())
        run = [sys.executable, "-m", "grader", "run", str(source), "-o", str(results)]
        command = [*run, "--jobs", asked.jobs, *more]
        before = {process.pid for process in psutil.process_iter()}
        took, memory = _graded(command, own)
        _say(f"{asked.copies} submissions in {took:.0f} s: {took / asked.copies:.2f} s each")
        _say(f"the grader's own process: {memory / 2**20:.0f} MB at most")
        _say(_paces(results))
        again, _ = _graded(command, own)
        _say(f"all of it recognised as done in {again:.2f} s")
        sleep(1)  # the last sandboxes end
        after = [p for p in psutil.process_iter() if p.pid not in before]
        ours = [p for p in after if p.name() in {"bwrap", "python", "grade"}]
        left = [p.name() for p in ours if p.status() != psutil.STATUS_ZOMBIE]  # init's to bury
        _say(f"left behind: processes {left}, files {sorted(f.name for f in own.iterdir())}")


def _graded(command: list[str], temporary: Path) -> tuple[float, int]:
    """Seconds, and bytes of the grader's process alone at most."""
    start = perf_counter()
    grader = subprocess.Popen(
        command, stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(temporary)}
    )
    most = [0]

    def watch() -> None:
        process = psutil.Process(grader.pid)
        while grader.poll() is None:
            try:
                most[0] = max(most[0], process.memory_info().rss)
            except psutil.Error:
                return
            sleep(0.2)

    watcher = threading.Thread(target=watch)
    watcher.start()
    grader.wait()
    watcher.join()
    if grader.returncode:
        sys.exit(f"the grader ended with {grader.returncode}")
    return perf_counter() - start, most[0]


def _paces(results: Path) -> str:
    """Seconds a submission among the first and the last, by when their records were written."""
    ended = sorted(path.stat().st_mtime for path in results.glob("*/submission.json"))
    sample = min(_SAMPLE, len(ended) // 3)
    if sample < 2:
        return "too few to tell a pace"
    first = (ended[sample] - ended[0]) / sample
    last = (ended[-1] - ended[-1 - sample]) / sample
    return f"the first {sample}: {first:.2f} s each, the last {sample}: {last:.2f} s each"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
