"""What is left of a batch, and grading that several at a time."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass

from grader.batch.crew import Crew
from grader.batch.finished import Finished
from grader.batch.found import Found
from grader.batch.handed_in import HandedIn, hand_in
from grader.batch.record import Record
from grader.batch.results import Results
from grader.rubric import Limits

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
