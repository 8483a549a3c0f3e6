"""What isolation costs: `python -m tests.benchmarks.isolation [N]`, each run beside one without."""

import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from grader.grading.pipeline import grade
from grader.grading.session import Settings
from grader.rubric.load import load_rubric
from grader.sandbox.select import trials
from tests.notebooks import SEQUENCES, write

RUBRIC = Path(__file__).parents[1] / "attacks" / "rubric.yaml"
FUNCTION = "create_repeated_sequence"


def seconds(path: Path, isolation: str) -> float:
    """How long grading one small notebook takes."""
    settings = Settings(device="cpu", isolation=isolation, only=FUNCTION)  # type: ignore[arg-type]  # a backend's name
    start = perf_counter()
    grade(path, load_rubric(RUBRIC), settings)
    return perf_counter() - start


def main() -> None:
    """Print medians, and the median of the differences of pairs."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    backends = [trial.backend.name for trial in trials() if trial.problem is None]
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "x.ipynb", [SEQUENCES])
        for name in (*backends, "none"):
            seconds(path, name)  # caches, and the canary, which is tried once in a process
        for name in backends:
            pairs = [(seconds(path, "none"), seconds(path, name)) for _ in range(times)]
            bare, inside = (statistics.median(column) for column in zip(*pairs, strict=True))
            extra = statistics.median(b - a for a, b in pairs)
            sys.stdout.write(f"none {bare:.2f} s, {name} {inside:.2f} s: {extra:+.2f} s\n")
            start = perf_counter()
            next(trial for trial in trials() if trial.backend.name == name)
            sys.stdout.write(f"  trying the backends first: {perf_counter() - start:.2f} s\n")


if __name__ == "__main__":
    main()
