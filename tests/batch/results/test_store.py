"""A results folder: a submission is finished once all of it is there, and not before."""

import contextlib
import multiprocessing
import os
from pathlib import Path

import pytest

from grader.batch.discovery.submission import Found, HandedIn
from grader.batch.results.record import Finished, Record
from grader.batch.results.store import RECORD, REPORT, Results
from grader.errors import GraderError

FOUND = Found(student="ann\udce9 =1", name="Ann", notebook=Path("a.ipynb"), notes=("late",))
ENDING = Finished(state="ungradable", reason="no")
RECORDED = Record.of(HandedIn(found=FOUND), ENDING, graded_by="another")


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """A folder that is not there yet."""
    return Results(tmp_path / "results")


def test_what_is_kept_is_found_again(results: Results) -> None:
    """A record comes back as it was, whatever characters the student's key has."""
    with results.held():
        results.keep(RECORDED, {REPORT: b'{"a": 1}'})
    assert results.record(FOUND.student) == RECORDED
    assert list(results.records()) == [RECORDED]
    assert results.report(FOUND.student) == {"a": 1}


def test_a_half_written_result_counts_as_none(results: Results) -> None:
    """Stopped between two files, a submission is not finished; nor with a damaged record."""
    with results.held():
        results.keep(RECORDED, {})
    own = results.of(FOUND.student)
    whole = (own / RECORD).read_bytes()
    for damaged in (b"", whole[:-9], b"[]", b'{"schema_id": "another"}', b"\xff"):
        (own / RECORD).write_bytes(damaged)
        assert results.record(FOUND.student) is None
    (own / RECORD).unlink()
    assert list(results.records()) == []


def test_what_an_earlier_run_left_goes(results: Results) -> None:
    """A new result has nothing of an older one beside it, whole or half written."""
    with results.held():
        results.keep(RECORDED, {REPORT: b"{}", "report.html": b"old"})
        (results.of(FOUND.student) / ".report.json.x1").write_bytes(b"half")
        results.keep(RECORDED, {REPORT: b"{}"})
    assert {path.name for path in results.of(FOUND.student).iterdir()} == {RECORD, REPORT}


def test_what_a_killed_grader_unpacked_goes(results: Results) -> None:
    """With the next one's start; and nothing of it is left at the end, however that comes."""
    with results.held():
        left = results.folder / ".unpacked"
        left.mkdir()
        (left / "ann.ipynb").write_text("{}")
        with contextlib.suppress(KeyboardInterrupt), results.unpacking() as own:
            assert list(own.iterdir()) == []
            (own / "bob.ipynb").write_text("{}")
            raise KeyboardInterrupt
    assert not left.exists()


def test_only_one_grader_writes(results: Results) -> None:
    """A second grader is told to wait; when the first is gone it may."""
    with results.held():
        context = multiprocessing.get_context("fork")
        other = context.Process(target=_hold, args=(results,))
        other.start()
        other.join(10)
        assert other.exitcode == 3
    with results.held():
        pass


def _hold(results: Results) -> None:
    try:
        with results.held():
            os._exit(0)
    except GraderError:
        os._exit(3)


def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    """A file in its place, or no room, is said in one line that says what to do."""
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(GraderError, match="give the same command again"), Results(file).held():
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept before stays; what found no room is not finished."""
    results = Results(tmp_path / "results")
    with results.held():
        results.keep(RECORDED, {REPORT: b"{}"})
        monkeypatch.setattr(os, "fsync", _no_room)
        other = RECORDED.model_copy(update={"student": "bob"})
        with pytest.raises(GraderError, match=r"No space left .* with room"):
            results.keep(other, {REPORT: b"{}"})
    assert list(results.records()) == [RECORDED]


def _no_room(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")
