"""Measures the grader's own process: time of ``grade --help``, resident memory while grading.

Usage: ``python -m tests.benchmarks.footprint NOTEBOOK``.
"""

import statistics
import subprocess
import sys
from time import perf_counter, sleep

import psutil


def main() -> None:
    """Measure both and print them."""
    times = [_help_seconds() for _ in range(11)]
    sys.stdout.write(f"grade --help: median of 11, {statistics.median(times):.3f} s\n")
    peak = _peak_mb(sys.argv[1])
    sys.stdout.write(f"grader process while grading: peak {peak:.0f} MB resident\n")


def _help_seconds() -> float:
    start = perf_counter()
    subprocess.run([sys.executable, "-m", "grader", "--help"], check=True, capture_output=True)
    return perf_counter() - start


def _peak_mb(notebook: str) -> float:
    """Return the peak memory of the grader's process without its children."""
    peak = 0.0
    with subprocess.Popen(
        [sys.executable, "-m", "grader", notebook], stdout=subprocess.DEVNULL
    ) as process:
        grader = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                peak = max(peak, grader.memory_info().rss / 2**20)
            except psutil.NoSuchProcess:
                break
            sleep(0.02)
    return peak


if __name__ == "__main__":
    main()
