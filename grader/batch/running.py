"""What is left of a batch, and grading that several at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass

from grader.batch.asked import Asked
from grader.batch.found import Found
from grader.batch.grading import Ending
from grader.batch.identity import handed_in
from grader.batch.record import Record
from grader.batch.results import EXECUTED, PAGE, REPORT, STORED, Results
from grader.batch.stored import keep, to_npz
from grader.render.html import to_html
from grader.render.json import to_json
from grader.render.notebook import to_notebook
from grader.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be graded now, and what has been."""

    todo: tuple[Found, ...]
    done: tuple[Record, ...]


def plan(found: Sequence[Found], results: Results, graded_by: str, *, force: bool = False) -> Plan:
    """Tell what has to be graded from what is finished and still the same.

    Args:
        found: All submissions.
        results: Where earlier ones' results are.
        graded_by: Digest of what they are graded by now.
        force: Whether all of them are graded again.
    """
    todo, done = [], []
    for one in found:
        record = None if force else results.record(one.student)
        same = record and (record.graded_by, record.handed_in) == (graded_by, handed_in(one))
        if record and same and record.state != "crashed":
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


def files_of(ending: Ending, what: Asked) -> dict[str, bytes]:
    """What is kept of a submission besides its record.

    Args:
        ending: How it ended.
        what: What it was asked.
    """
    if ending.graded is None:
        return {}
    ran = ending.graded
    stored = keep(ran.submission, ran.prepared, ran.execution, what)
    notebook = to_notebook(ran.submission, ran.execution)
    return {**pages_of(ran.report), STORED: to_npz(stored), EXECUTED: notebook}


def pages_of(report: Report) -> dict[str, bytes]:
    """A report in the forms that it is read in."""
    return {REPORT: to_json(report).encode(), PAGE: to_html(report).encode()}
