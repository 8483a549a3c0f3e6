"""What is left of a batch, and grading that several at a time."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from grader.batch.discovery.submission import Found, HandedIn, hand_in
from grader.batch.grade_one import Bench
from grader.batch.results.record import Finished, Record
from grader.batch.results.store import Results
from grader.grading.session import Sitting, warm
from grader.rubric.model import Limits


# MERGED: Who grades a batch: so many threads here, or the workers of a cluster, by the same rules.
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


_LOOK = 2.0
"""Seconds after which a crew is asked for room again: it may have grown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be graded now, and what has been."""

    todo: tuple[Found, ...]
    done: tuple[Record, ...]


def plan(
    found: Sequence[Found],
    results: Results,
    graded_by: str,
    limits: Limits,
    *,
    force: bool = False,
) -> Plan:
    """Tell what has to be graded from what is finished and still the same.

    Args:
        found: All submissions.
        results: Where earlier ones' results are.
        graded_by: Digest of what they are graded by now.
        limits: How large a notebook may be.
        force: Whether all of them are graded again.
    """
    todo, done = [], []
    for one in found:
        record = None if force else results.record(one.student)
        if record and _is_finished(record, one, graded_by, limits):
            done.append(record)
        else:
            todo.append(one)
    return Plan(todo=tuple(todo), done=tuple(done))


def finished(
    todo: Iterable[Found], crew: Crew, limits: Limits
) -> Iterator[tuple[HandedIn, Finished]]:
    """Grade submissions, several at a time, and give each as it ends.

    Only as many are read as the crew has room for.

    Args:
        todo: Which ones.
        crew: Who grades them.
        limits: How large a notebook may be.

    Raises:
        GraderError: The crew is lost.
    """
    waiting = deque(todo)
    running: dict[Future[Finished], HandedIn] = {}
    while waiting or running:
        while waiting and len(running) < crew.room():
            handed = hand_in(waiting.popleft(), limits)
            if handed.refusal is not None:
                yield handed, Finished(state="ungradable", reason=handed.refusal)
            else:
                running[crew.submit(handed)] = handed
        for future in wait(running, _LOOK, FIRST_COMPLETED).done:
            yield running.pop(future), crew.outcome(future)


def _is_finished(record: Record, found: Found, graded_by: str, limits: Limits) -> bool:
    if record.state == "crashed" or record.graded_by != graded_by:
        return False
    return record.handed_in == hand_in(found, limits).digest
