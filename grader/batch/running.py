"""What is left of a batch, and grading that several at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass

from grader.batch.found import Found
from grader.batch.grading import Ending
from grader.batch.identity import Standing
from grader.batch.record import Record
from grader.batch.results import PAGE, REPORT, Results
from grader.render.html import to_html
from grader.render.json import to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be graded now, and what has been."""

    todo: tuple[Found, ...]
    done: tuple[Record, ...]


def plan(
    found: Sequence[Found], results: Results, standing: Standing, *, force: bool = False
) -> Plan:
    """Tell what has to be graded from what is finished and still the same.

    Args:
        found: All submissions.
        results: Where earlier ones' results are.
        standing: What they are graded by now.
        force: Whether all of them are graded again.
    """
    todo, done = [], []
    for one in found:
        record = None if force else results.record(one.student)
        if record and record.state != "crashed" and record.identity == standing.identity(one):
            done.append(record)
        else:
            todo.append(one)
    return Plan(todo=tuple(todo), done=tuple(done))


def ended(
    todo: Sequence[Found], grade: Callable[[Found], Ending], executor: Executor
) -> Iterator[tuple[Found, Ending]]:
    """Grade submissions, several at a time, and give each as it ends.

    Those that have not begun are dropped when whoever asks for them stops.

    Args:
        todo: Which ones.
        grade: Grades one.
        executor: Runs several at a time.
    """
    try:
        futures = {executor.submit(grade, one): one for one in todo}
        for future in as_completed(list(futures)):
            yield futures.pop(future), future.result()
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise


def files_of(ending: Ending) -> dict[str, bytes]:
    """What is kept of a submission besides its record."""
    if ending.graded is None:
        return {}
    report = ending.graded.report
    return {REPORT: to_json(report).encode(), PAGE: to_html(report).encode()}
