"""Killing at random while a batch runs: ``python -m tests.batch.chaos COUNT [--cluster]``.

A course of small notebooks is graded twice: once undisturbed, once while the grader, its kernels,
their parents, drivers and Dask's workers are killed at random. Whatever dies, the same command is
given again until it ends by itself, and every report must equal that of the undisturbed run.
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
    """Kills a process of a batch now and then."""

    rng: random.Random
    pause: tuple[float, float]
    """Seconds between two kills, at least and at most."""
    share: float
    """Of kills, how many are the grader's own."""
    killed: Counter[str] = field(default_factory=Counter)

    def run(self, command: Sequence[str], kills: int) -> int:
        """Give a command until it ends by itself, then once in peace for what was killed too often.

        Returns:
            How often it was given.
        """
        given = 0
        while True:
            given += 1
            grader = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            while grader.poll() is None and self.killed.total() < kills:
                self._strike(grader)
            said = grader.communicate()[1].decode()
            if grader.returncode == 0:
                subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
                return given + 1
            assert grader.returncode in {-9, 3}, (grader.returncode, said[-2000:])

    def _strike(self, grader: "subprocess.Popen[bytes]") -> None:
        end = time.monotonic() + self.rng.uniform(*self.pause)
        while time.monotonic() < end and grader.poll() is None:
            time.sleep(0.02)
        try:
            below = psutil.Process(grader.pid).children(recursive=True)
            if not below:
                return
            own = self.rng.random() < self.share
            victim = psutil.Process(grader.pid) if own else self.rng.choice(below)
            what = "the grader" if own else _kind(victim)
            victim.kill()
        except psutil.Error:
            return  # it has ended by itself
        self.killed[what] += 1


def _kind(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    known = {
        "bwrap": "sandbox",
        "grader.kernel.forkserver": "warm parent, driver or kernel",
        "grader.kernel": "driver or kernel",
        "multiprocessing": "Dask's",
    }
    return next((what for part, what in known.items() if part in line), "another")


def main() -> None:
    """Run it and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--cluster", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kills", type=int)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)  # noqa: S311 (chaos, no secret)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        place = Path(folder)
        students = {f"s{i:03}": rng.choice(KINDS) for i in range(asked.count)}
        source = course(place / "in", students)
        start = time.monotonic()
        _graded(source, place / "calm")
        calm = time.monotonic() - start
        chaos = Chaos(rng=rng, pause=(2.0, 8.0), share=0.1)
        more = ("--cluster", "local") if asked.cluster else ()
        start = time.monotonic()
        kills = asked.kills if asked.kills is not None else asked.count // 5
        given = chaos.run(command(source, place / "wild", *more), kills)
        wild = time.monotonic() - start
        same = reports(place / "wild") == reports(place / "calm")
        ended = scores(place / "wild") == scores(place / "calm")
        sys.stdout.write(
            f"{asked.count} submissions: {calm:.0f} s undisturbed, {wild:.0f} s in chaos\n"
            f"given {given} times; killed: {dict(chaos.killed)}\n"
            f"{'every report is the same' if same and ended else 'REPORTS DIFFER'}\n"
        )
        sys.exit(not (same and ended))


def command(source: Path, results: Path, *more: str) -> list[str]:
    """The batch's command."""
    run = [sys.executable, "-m", "grader", "run", str(source), "-o", str(results)]
    return [*run, *GRADE, "--jobs", "2", *more]


def _graded(source: Path, results: Path) -> None:
    subprocess.run(command(source, results), check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
