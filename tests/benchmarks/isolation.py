"""Measures the cost of isolation: `python -m tests.benchmarks.isolation [N]`."""

import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from grader.grading.pipeline import grade_notebook
from grader.rubric.load import load_rubric
from grader.sandbox.select import check_backends
from tests.notebooks import SEQUENCES, write

RUBRIC = Path(__file__).parents[1] / "attacks" / "rubric.yaml"
FUNCTION = "create_repeated_sequence"


def seconds(path: Path, isolation: str) -> float:
    """Return the time to grade one small notebook."""
    file = load_rubric(RUBRIC)
    start = perf_counter()
    grade_notebook(path, rubric=file, device="cpu", sandbox=isolation, only=FUNCTION)  # type: ignore[arg-type]  # a backend's name
    return perf_counter() - start


def main() -> None:
    """Time pairs of runs without and with a sandbox, and print medians and their difference."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    backends = [trial.backend.name for trial in check_backends() if trial.problem is None]
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "x.ipynb", [SEQUENCES])
        for name in (*backends, "none"):
            seconds(path, name)  # warms caches; the canary runs once per process
        for name in backends:
            pairs = [(seconds(path, "none"), seconds(path, name)) for _ in range(times)]
            bare, inside = (statistics.median(column) for column in zip(*pairs, strict=True))
            extra = statistics.median(b - a for a, b in pairs)
            sys.stdout.write(f"none {bare:.2f} s, {name} {inside:.2f} s: {extra:+.2f} s\n")
            start = perf_counter()
            next(trial for trial in check_backends() if trial.backend.name == name)
            sys.stdout.write(f"  trying the backends first: {perf_counter() - start:.2f} s\n")


if __name__ == "__main__":
    main()
