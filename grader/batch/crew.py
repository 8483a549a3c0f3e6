"""Who grades a batch: so many threads here, or the workers of a cluster, by the same rules."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from grader.batch.bench import Bench
from grader.batch.finished import Finished
from grader.batch.handed_in import HandedIn
from grader.sitting import Sitting, warm


class Crew(Protocol):
    """Takes submissions and finishes them in any order."""

    def room(self) -> int:
        """How many submissions it takes at a time, those that wait for their turn included."""

    def submit(self, handed: HandedIn) -> "Future[Finished]":
        """Take one that has a notebook."""

    def outcome(self, future: "Future[Finished]") -> Finished:
        """What became of it.

        Raises:
            GraderError: Nothing will become of any other either.
        """


class Threads:
    """Grades in this process: each thread waits for a kernel of its own."""

    def __init__(self, bench: Bench, jobs: int) -> None:
        """Take what is graded by and how many submissions at a time."""
        self._bench, self._jobs = bench, jobs
        self._executor = ThreadPoolExecutor(jobs)

    def room(self) -> int:
        """As many as there are threads, and one to go on with."""
        return self._jobs + 1

    def submit(self, handed: HandedIn) -> "Future[Finished]":
        """Take one that has a notebook."""
        return self._executor.submit(
            self._bench.grade, handed.found.student, handed.name, handed.data
        )

    def outcome(self, future: "Future[Finished]") -> Finished:
        """What became of it."""
        return future.result()

    def stop(self) -> None:
        """Drop what has not begun, wait for what has."""
        self._executor.shutdown(cancel_futures=True)


@contextmanager
def here(sitting: Sitting, jobs: int) -> Iterator[Crew]:
    """A crew in this process, with warm kernels where they hold.

    Args:
        sitting: What is graded by.
        jobs: How many submissions at a time; they share a device's memory.
    """
    with warm(replace(sitting, share=1 / jobs)) as warmed:
        threads = Threads(Bench.of(warmed), jobs)
        try:
            yield threads
        finally:
            threads.stop()
