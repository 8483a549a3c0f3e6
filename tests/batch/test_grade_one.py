"""Who runs when: beside others or alone on a device, and who is given a second run."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.batch.grade_one import Turns, grade_bytes, out_of_memory
from grader.errors import KernelError
from grader.execution.result import CellOutcome, Execution
from grader.grading.pipeline import Graded
from grader.grading.session import Sitting
from grader.protocol.values import Failure, Observation
from grader.submission.read import Submission
from tests.batch.builders import lab
from tests.batch.stored_runs import MINI, RIGHT, execution

NO_ROOM = CellOutcome(index=0, status="error", seconds=1.0, ename="OutOfMemoryError")
ON_CUDA = {"device": "cuda:0"}


def test_whoever_is_alone_is_alone() -> None:
    """Those that run are waited for, those that come later wait, and nobody waits for ever."""
    turns, lock = Turns(), threading.Lock()
    running: list[str] = []
    faults: list[str] = []

    def run(how: Callable[[], object], name: str) -> None:
        for _ in range(50):
            with how():  # type: ignore[attr-defined]
                with lock:
                    running.append(name)
                    if "alone" in running and len(running) > 1:
                        faults.append(" ".join(running))
                with lock:
                    running.remove(name)

    threads = [threading.Thread(target=run, args=(turns.beside_others, f"t{i}")) for i in range(4)]
    threads += [threading.Thread(target=run, args=(turns.alone, "alone")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not faults
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize(
    ("environment", "cells", "observations", "expected"),
    [
        (ON_CUDA, (NO_ROOM,), {}, True),
        (ON_CUDA, (), {"first": Failure(kind="raised", ename="OutOfMemoryError")}, True),
        (ON_CUDA, (replace(NO_ROOM, ename="ValueError"),), {}, False),
        ({"device": "cpu"}, (NO_ROOM,), {}, False),
        ({}, (NO_ROOM,), {}, False),
    ],
)
def test_a_device_without_room_is_told_from_other_errors(
    environment: dict[str, str],
    cells: tuple[CellOutcome, ...],
    observations: dict[str, Observation],
    *,
    expected: bool,
) -> None:
    """Torch's own name for it, on a device that others use too."""
    seen = replace(execution(observations), environment=environment, cells=cells)
    assert out_of_memory(seen) is expected


class Device:
    """A device that has room for a notebook only when it is given all of it."""

    def __init__(self, sitting: Sitting) -> None:
        self.sitting = replace(sitting, share=0.5)
        self.shares: list[float] = []

    def grade_in(self, sitting: Sitting, submission: Submission) -> Graded:
        """A run of the mini lab, out of memory unless it has the device to itself."""
        self.shares.append(sitting.share)
        made = MINI.ran(submission, RIGHT)
        cells = (NO_ROOM,) if sitting.share < 1 else ()
        seen: Execution = replace(made.execution, environment=ON_CUDA, cells=cells)
        return replace(made, execution=seen)


def test_a_notebook_that_found_no_room_runs_once_more_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With all of the device, once; the report says so and that run counts."""
    device = Device(MINI.sitting)
    monkeypatch.setattr("grader.batch.grade_one.grade_in", device.grade_in)
    ending = grade_bytes("ann", "a.ipynb", lab("f"), device.sitting, Turns())
    assert device.shares == [0.5, 1.0]
    assert ending.state == "graded"
    assert ending.graded is not None
    assert "a second run, with nothing beside it" in ending.graded.report.notes[-1]
    assert ending.graded.report.student == "ann"


def test_a_kernel_that_does_not_start_is_tried_three_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then the submission has crashed, which the next run of the batch tries again."""
    tries: list[int] = []

    def refuse(_sitting: Sitting, _submission: Submission) -> Graded:
        tries.append(1)
        raise KernelError("no kernel")

    monkeypatch.setattr("grader.batch.grade_one.grade_in", refuse)
    ending = grade_bytes("ann", "a.ipynb", lab("f"), MINI.sitting, Turns())
    assert (len(tries), ending.state, ending.reason) == (3, "crashed", "no kernel")


@pytest.mark.parametrize(
    ("deaths", "runs", "cells"),
    [(0, 1, 0), (1, 2, 0), (2, 2, 1)],
    ids=["never", "once", "each time"],
)
def test_a_kernel_that_died_once_was_not_the_notebooks(
    monkeypatch: pytest.MonkeyPatch, deaths: int, runs: int, cells: int
) -> None:
    """Something outside may have ended it; what ends it twice is the notebook's own."""
    done: list[int] = []

    def grade_in(_sitting: Sitting, submission: Submission) -> Graded:
        done.append(1)
        made = MINI.ran(submission, RIGHT)
        died = (replace(NO_ROOM, status="died"),) if len(done) <= deaths else ()
        return replace(made, execution=replace(made.execution, cells=died))

    monkeypatch.setattr("grader.batch.grade_one.grade_in", grade_in)
    ending = grade_bytes("ann", "a.ipynb", lab("f"), MINI.sitting, Turns())
    assert ending.graded is not None
    assert (len(done), len(ending.graded.execution.cells)) == (runs, cells)
