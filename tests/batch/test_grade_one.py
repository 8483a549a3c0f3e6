"""Grading one submission: the device lock, retries, and errors as results."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.batch.grade_one import (
    DeviceLock,
    SubmissionGrader,
    grade_with_retries,
    out_of_memory,
)
from grader.batch.results.store import REPORT_FILE
from grader.errors import KernelError
from grader.execution.result import CellOutcome, RunResult
from grader.grading.pipeline import Graded
from grader.grading.session import GradingSession
from grader.protocol.values import Failure, Observation
from grader.submission.read import Submission
from tests.batch.builders import lab_notebook
from tests.batch.stored_runs import MINI, RIGHT, execution
from tests.builders import submission

OUT_OF_MEMORY = CellOutcome(index=0, status="error", seconds=1.0, ename="OutOfMemoryError")
ON_CUDA = {"device": "cuda:0"}


def test_an_exclusive_run_is_alone() -> None:
    """An exclusive run waits for the current ones, later ones wait for it, and none starves."""
    device_lock, lock = DeviceLock(), threading.Lock()
    running: list[str] = []
    conflicts: list[str] = []

    def run(hold: Callable[[], object], name: str) -> None:
        for _ in range(50):
            with hold():  # type: ignore[attr-defined]
                with lock:
                    running.append(name)
                    if "exclusive" in running and len(running) > 1:
                        conflicts.append(" ".join(running))
                with lock:
                    running.remove(name)

    threads = [
        threading.Thread(target=run, args=(device_lock.shared, f"shared {i}")) for i in range(4)
    ]
    threads += [
        threading.Thread(target=run, args=(device_lock.exclusive, "exclusive")) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not conflicts
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize(
    ("environment", "cells", "observations", "expected"),
    [
        (ON_CUDA, (OUT_OF_MEMORY,), {}, True),
        (ON_CUDA, (), {"first": Failure(kind="raised", ename="OutOfMemoryError")}, True),
        (ON_CUDA, (replace(OUT_OF_MEMORY, ename="ValueError"),), {}, False),
        ({"device": "cpu"}, (OUT_OF_MEMORY,), {}, False),
        ({}, (OUT_OF_MEMORY,), {}, False),
    ],
)
def test_out_of_memory_is_recognised_on_a_gpu(
    environment: dict[str, str],
    cells: tuple[CellOutcome, ...],
    observations: dict[str, Observation],
    *,
    expected: bool,
) -> None:
    """Only torch's exception on a GPU counts as out of memory."""
    run = replace(execution(observations), environment=environment, cells=cells)
    assert out_of_memory(run) is expected


class SharedGpu:
    """A GPU with enough memory for a notebook only if it may use all of it."""

    def __init__(self) -> None:
        self.memory_fractions: list[float] = []

    def grade_in(self, session: GradingSession, notebook: Submission) -> Graded:
        """Grade in the mini lab; out of memory unless the session may use all of it."""
        self.memory_fractions.append(session.memory_fraction)
        graded = MINI.grade(notebook, RIGHT)
        cells = (OUT_OF_MEMORY,) if session.memory_fraction < 1 else ()
        run: RunResult = replace(graded.result, environment=ON_CUDA, cells=cells)
        return replace(graded, result=run)


def test_a_notebook_out_of_memory_runs_once_more_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run has the whole GPU and is the one graded, and the report says so."""
    gpu = SharedGpu()
    monkeypatch.setattr("grader.batch.grade_one.grade_submission", gpu.grade_in)
    grader = SubmissionGrader.of(replace(MINI.session, memory_fraction=0.5))
    result = grader.grade("ann", "a.ipynb", lab_notebook("f"))
    assert gpu.memory_fractions == [0.5, 1.0]
    assert (result.state, result.student, result.notebook) == ("graded", "ann", "a.ipynb")
    report = json.loads(result.files[REPORT_FILE])
    assert "run again on its own" in report["notes"][-1]
    assert report["submission"]["student"] == "ann"


def test_a_kernel_that_does_not_start_is_tried_three_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a kernel the submission has crashed; the next run of the batch tries it again."""
    tries: list[int] = []

    def refuse(_session: GradingSession, _notebook: Submission) -> Graded:
        tries.append(1)
        raise KernelError("no kernel")

    monkeypatch.setattr("grader.batch.grade_one.grade_submission", refuse)
    result = SubmissionGrader.of(MINI.session).grade("ann", "a.ipynb", lab_notebook("f"))
    assert (len(tries), result.state, result.reason) == (3, "crashed", "no kernel")


def test_an_internal_error_is_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception is the submission's result and does not end the batch."""

    def fail(_session: GradingSession, _notebook: Submission) -> Graded:
        raise ZeroDivisionError("first\nsecond")

    monkeypatch.setattr("grader.batch.grade_one.grade_submission", fail)
    result = SubmissionGrader.of(MINI.session).grade("ann", "a.ipynb", lab_notebook("f"))
    assert (result.state, result.reason) == ("crashed", "internal error: ZeroDivisionError: first")


@pytest.mark.parametrize(
    ("deaths", "runs", "dead_cells"),
    [(0, 1, 0), (1, 2, 0), (2, 2, 1)],
    ids=["never", "once", "each time"],
)
def test_a_first_kernel_death_is_retried(
    monkeypatch: pytest.MonkeyPatch, deaths: int, runs: int, dead_cells: int
) -> None:
    """A first kernel death may be the machine's fault; a second one is the notebook's."""
    done: list[int] = []

    def grade_in(_session: GradingSession, notebook: Submission) -> Graded:
        done.append(1)
        graded = MINI.grade(notebook, RIGHT)
        died = (replace(OUT_OF_MEMORY, status="died"),) if len(done) <= deaths else ()
        return replace(graded, result=replace(graded.result, cells=died))

    monkeypatch.setattr("grader.batch.grade_one.grade_submission", grade_in)
    graded = grade_with_retries(submission("def f(model): return 1"), MINI.session, DeviceLock())
    assert (len(done), len(graded.result.cells)) == (runs, dead_cells)
