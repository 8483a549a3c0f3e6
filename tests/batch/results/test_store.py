"""A results folder: a submission is finished once all of its files are there, and not before."""

import contextlib
import json
import multiprocessing
import os
from pathlib import Path

import pytest

from grader.batch.results.observations import StoredRunError
from grader.batch.results.record import EarlierVersionError, SubmissionResult
from grader.batch.results.store import REPORT_FILE, RESULT_FILE, ResultsStore
from grader.errors import GraderError

STUDENT = "ann\udce9 =1"
RESULT = SubmissionResult(
    student=STUDENT,
    name="Ann",
    notebook="a.ipynb",
    state="ungradable",
    reason="no",
    config_sha256="another",
    notes=("late",),
)


def with_files(**files: bytes) -> SubmissionResult:
    """Return the result with files of these stems beside it."""
    named = {f"{stem}.json": data for stem, data in files.items()}
    return RESULT.model_copy(update={"files": named})


@pytest.fixture
def store(tmp_path: Path) -> ResultsStore:
    """A folder that does not exist yet."""
    return ResultsStore(tmp_path / "results")


def test_a_saved_result_is_read_again(store: ResultsStore) -> None:
    """A result comes back as it was, whatever characters the student's key has."""
    with store.lock():
        store.save(with_files(report=b'{"a": 1}'))
    assert store.result(STUDENT) == RESULT
    assert list(store.results()) == [RESULT]
    assert store.report(STUDENT) == {"a": 1}


def test_a_half_written_result_counts_as_none(store: ResultsStore) -> None:
    """A submission without ``submission.json``, or with a damaged one, is not finished."""
    with store.lock():
        store.save(RESULT)
    folder = store.student_dir(STUDENT)
    whole = (folder / RESULT_FILE).read_bytes()
    for damaged in (b"", whole[:-9], b"[]", b'{"schema_id": "another"}', b"\xff"):
        (folder / RESULT_FILE).write_bytes(damaged)
        assert store.result(STUDENT) is None
    (folder / RESULT_FILE).unlink()
    assert list(store.results()) == []


def test_an_earlier_version_is_one_clear_line(store: ResultsStore) -> None:
    """Files of an earlier version of the grader are not damaged; the line says to grade again."""
    with store.lock():
        store.save(RESULT)
    (store.student_dir(STUDENT) / "observations.npz").write_bytes(b"PK")
    with pytest.raises(
        StoredRunError, match="another version of the grader: grade that submission"
    ):
        store.stored_run(STUDENT)
    earlier = {"schema_id": "induction-lab-grader/submission/1"}
    (store.student_dir(STUDENT) / RESULT_FILE).write_text(json.dumps(earlier))
    with pytest.raises(EarlierVersionError, match="earlier version: grade again") as error:
        store.result(STUDENT)
    assert "\n" not in str(error.value)


def test_files_of_an_earlier_run_are_removed(store: ResultsStore) -> None:
    """A new result has no file of an older run beside it, complete or not."""
    with store.lock():
        store.save(with_files(report=b"{}", old=b"old"))
        (store.student_dir(STUDENT) / ".report.json.x1").write_bytes(b"half")
        store.save(with_files(report=b"{}"))
    assert {path.name for path in store.student_dir(STUDENT).iterdir()} == {
        RESULT_FILE,
        REPORT_FILE,
    }


def test_the_temporary_folder_of_a_killed_grader_is_removed(store: ResultsStore) -> None:
    """The temporary folder is empty at the start, and gone at the end, however that comes."""
    with store.lock():
        left = store.folder / ".unpacked"
        left.mkdir()
        (left / "ann.ipynb").write_text("{}")
        with contextlib.suppress(KeyboardInterrupt), store.temp_dir() as folder:
            assert list(folder.iterdir()) == []
            (folder / "bob.ipynb").write_text("{}")
            raise KeyboardInterrupt
    assert not left.exists()


def test_only_one_grader_writes(store: ResultsStore) -> None:
    """A second grader is told to wait; it may write once the first has ended."""
    with store.lock():
        context = multiprocessing.get_context("fork")
        other = context.Process(target=_lock, args=(store,))
        other.start()
        other.join(10)
        assert other.exitcode == 3
    with store.lock():
        pass


def _lock(store: ResultsStore) -> None:
    try:
        with store.lock():
            os._exit(0)
    except GraderError:
        os._exit(3)


def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    """A file in its place gives one line that says what to do."""
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(GraderError, match="give the same command again"), ResultsStore(file).lock():
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results saved before stay; one that did not fit is not finished."""
    store = ResultsStore(tmp_path / "results")
    with store.lock():
        store.save(with_files(report=b"{}"))
        monkeypatch.setattr(os, "fsync", _no_space)
        other = with_files(report=b"{}").model_copy(update={"student": "bob"})
        with pytest.raises(GraderError, match=r"No space left .* with room"):
            store.save(other)
    assert list(store.results()) == [RESULT]


def _no_space(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")
