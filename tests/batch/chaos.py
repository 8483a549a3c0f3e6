"""Chaos test of a batch: ``python -m tests.batch.chaos COUNT [--cluster]``.

A course of small notebooks is graded twice: once undisturbed, and once while the grader, kernels,
fork servers, drivers and Dask workers are killed at random. The command is repeated until it ends
by itself, and every report must equal that of the undisturbed run.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.batch.courses import GRADE, course
from tests.batch.outcomes import reports, scores

KINDS = ("correct", "wrong", "broken", "correct")


@dataclass(slots=True)
class Chaos:
    """Kills random processes of a batch."""

    rng: random.Random
    pause: tuple[float, float]
    """Minimum and maximum time between two kills, in seconds."""
    share: float
    """Fraction of the kills that hit the grader itself."""
    killed: Counter[str] = field(default_factory=Counter)

    def run(self, command: Sequence[str], kills: int) -> int:
        """Repeat a command until it ends by itself, then once more undisturbed.

        The last run grades the submissions that crashed because they were killed too often.

        Returns:
            The number of times the command was run.
        """
        runs = 0
        while True:
            runs += 1
            grader = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            while grader.poll() is None and self.killed.total() < kills:
                self._strike(grader)
            stderr = grader.communicate()[1].decode()
            if grader.returncode == 0:
                subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
                return runs + 1
            assert grader.returncode in {-9, 3}, (grader.returncode, stderr[-2000:])

    def _strike(self, grader: "subprocess.Popen[bytes]") -> None:
        end = time.monotonic() + self.rng.uniform(*self.pause)
        while time.monotonic() < end and grader.poll() is None:
            time.sleep(0.02)
        try:
            children = psutil.Process(grader.pid).children(recursive=True)
            if not children:
                return
            hits_grader = self.rng.random() < self.share
            victim = psutil.Process(grader.pid) if hits_grader else self.rng.choice(children)
            kind = "the grader" if hits_grader else _kind(victim)
            victim.kill()
        except psutil.Error:
            return  # it has ended by itself
        self.killed[kind] += 1


def _kind(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    known = {
        "bwrap": "sandbox",
        "grader.kernel.forkserver": "fork server, driver or kernel",
        "grader.kernel": "driver or kernel",
        "multiprocessing": "Dask's",
    }
    return next((kind for part, kind in known.items() if part in line), "another")


def main() -> None:
    """Run the test and print its outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--cluster", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kills", type=int)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)  # noqa: S311 (chaos, no secret)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        place = Path(folder)
        students = {f"s{i:03}": rng.choice(KINDS) for i in range(arguments.count)}
        source = course(place / "in", students)
        start = time.monotonic()
        _graded(source, place / "calm")
        calm = time.monotonic() - start
        chaos = Chaos(rng=rng, pause=(2.0, 8.0), share=0.1)
        more = ("--cluster", "local") if arguments.cluster else ()
        start = time.monotonic()
        kills = arguments.kills if arguments.kills is not None else arguments.count // 5
        runs = chaos.run(command(source, place / "wild", *more), kills)
        wild = time.monotonic() - start
        same = reports(place / "wild") == reports(place / "calm")
        ended = scores(place / "wild") == scores(place / "calm")
        sys.stdout.write(
            f"{arguments.count} submissions: {calm:.0f} s undisturbed, {wild:.0f} s in chaos\n"
            f"run {runs} times; killed: {dict(chaos.killed)}\n"
            f"{'every report is the same' if same and ended else 'REPORTS DIFFER'}\n"
        )
        sys.exit(not (same and ended))


def command(source: Path, results: Path, *more: str) -> list[str]:
    """Return the command that grades a batch."""
    run = [sys.executable, "-m", "grader", "run", str(source), "-o", str(results)]
    return [*run, *GRADE, "--jobs", "2", *more]


def _graded(source: Path, results: Path) -> None:
    subprocess.run(command(source, results), check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
