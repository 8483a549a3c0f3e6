"""Planning a batch, and running it on an executor."""

import json
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from grader.batch.discovery.student_files import StudentFiles
from grader.batch.results.record import EarlierVersionError, SubmissionResult
from grader.batch.results.store import RESULT_FILE, ResultsStore
from grader.batch.scheduler import plan_batch, run_all
from grader.rubric.sections import Limits

LIMITS = Limits(file_mb=1)
CONFIG = "digest of the configuration"


@pytest.fixture
def ann(tmp_path: Path) -> StudentFiles:
    """Write Ann's notebook."""
    notebook = tmp_path / "ann.ipynb"
    notebook.write_text("{}")
    return StudentFiles(student="ann", name="Ann", notebook=notebook, notes=("late",))


@pytest.fixture
def store(tmp_path: Path, ann: StudentFiles) -> ResultsStore:
    """Write a results folder with Ann's result."""
    store = ResultsStore(tmp_path / "results")
    graded = SubmissionResult(student="ann", state="graded")
    with store.lock():
        store.save(graded.of_student(ann.load(LIMITS), config_sha256=CONFIG))
    return store


def is_finished(files: StudentFiles, store: ResultsStore, config: str = CONFIG) -> bool:
    """Return True if the plan keeps a submission's earlier result."""
    plan = plan_batch([files], store, config, LIMITS)
    assert len(plan.pending) + len(plan.finished) == 1
    return bool(plan.finished)


def test_a_current_result_is_kept(store: ResultsStore, ann: StudentFiles) -> None:
    """A result is kept unless the notebook, the configuration or the state require a new run."""
    assert is_finished(ann, store)
    assert not is_finished(ann, store, "another configuration")
    assert not is_finished(replace(ann, student="bob"), store)
    assert plan_batch([ann], store, CONFIG, LIMITS, force=True).pending == (ann,)
    assert ann.notebook is not None
    ann.notebook.write_text("[]")
    assert not is_finished(ann, store)


def test_a_crashed_submission_is_graded_again(store: ResultsStore, ann: StudentFiles) -> None:
    """A crash is the grader's fault, so the next run tries again."""
    result = store.result("ann")
    assert result is not None
    store.save(result.model_copy(update={"state": "crashed"}))
    assert not is_finished(ann, store)


def test_a_result_of_an_earlier_version_is_graded_again(
    store: ResultsStore, ann: StudentFiles
) -> None:
    """A result with the keys of an earlier version is refused in one line, and graded again."""
    path = store.folder / "ann" / RESULT_FILE
    node = json.loads(path.read_text())
    node["handed_in"], node["graded_by"] = node.pop("notebook_sha256"), node.pop("config_sha256")
    path.write_text(json.dumps(node | {"schema_id": "induction-lab-grader/submission/1"}))
    assert not is_finished(ann, store)
    with pytest.raises(EarlierVersionError, match="is of an earlier version: grade again"):
        list(store.results())


class OneAtATime:
    """An executor that grades in the calling thread and counts what is in flight."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self.in_flight = self.most = 0

    def capacity(self) -> int:
        """Return the fixed capacity."""
        return self._capacity

    def submit(self, files: StudentFiles) -> "Future[SubmissionResult]":
        """Grade at once."""
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        future: Future[SubmissionResult] = Future()
        future.set_result(SubmissionResult(student="", state="graded"))
        assert files.data
        return future

    def result(self, future: "Future[SubmissionResult]") -> SubmissionResult:
        """Return the result."""
        self.in_flight -= 1
        return future.result()


def test_every_submission_has_a_result(ann: StudentFiles) -> None:
    """Students without a notebook are ungradable; no more are in flight than there is capacity."""
    others = [replace(ann, student=f"s{i}") for i in range(5)]
    absent = StudentFiles(student="bob", name="Bob", refusal="Nothing was handed in.")
    executor = OneAtATime(2)
    results = {
        result.student: result
        for result in run_all([*others, absent, ann], executor, LIMITS, config_sha256=CONFIG)
    }
    assert executor.most == 2
    assert len(results) == 7
    assert (results["bob"].state, results["bob"].reason) == ("ungradable", absent.refusal)
    assert results["bob"].notebook_sha256 == absent.sha256 != ann.load(LIMITS).sha256
    found = results["ann"]
    assert (found.name, found.notebook, found.notes) == ("Ann", "ann.ipynb", ("late",))
    assert (found.notebook_sha256, found.config_sha256) == (ann.load(LIMITS).sha256, CONFIG)
