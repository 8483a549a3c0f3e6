"""Stored runs are scored as a new run would be, and never on probes that were not asked."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.answer_key.find import rubric_with_mistakes
from grader.answer_key.model import AnswerKey
from grader.batch.regrade import RequiresRerun
from grader.batch.results.fingerprint import fingerprint_job
from grader.batch.results.observations import StoredRun, make_stored_run
from grader.errors import AnswerKeyError
from grader.execution.job import prepare_submission
from grader.execution.result import CellOutcome
from grader.execution.run import run_job
from grader.grading.report_builder import build_report, with_run_info
from grader.protocol.values import Expected, Failure, Observation, Value
from grader.render.json import to_json
from grader.submission.read import read_submission
from tests.batch.stored_runs import DRAWN, MATRIX, MINI, MODELS, RIGHT, Course, draws, recording
from tests.builders import array
from tests.notebooks import TEMPLATE, function_cells, write
from tests.strategies import FILE, RUBRIC, known_answers, notebooks, public_key

LAB = Course(file=replace(FILE, rubric=rubric_with_mistakes(FILE)), key=public_key())
LIMITS = LAB.file.rubric.limits
BLANK = tuple(cell.source for cell in read_submission(TEMPLATE, LIMITS).cells)
ALL = ("first", "given", "plain", "shown", "left")
LOST = Failure(kind="timed_out", message="60 s, probe limit 60 s")
NEAR = {**RIGHT, "first": array([[4.0, 1.0], [1.0, 2.0]]), "given": array([[7.0]])}
MORE = ("notebook: 600", "notebook: 900")


@given(answers=known_answers(), data=st.data())
@settings(max_examples=25)
def test_the_same_rubric_gives_the_same_report(
    answers: Mapping[str, Value], data: st.DataObject
) -> None:
    """The same rubric gives the same report byte for byte, whatever the answers and runs."""
    odd = data.draw(notebooks(data.draw(st.sampled_from(RUBRIC.criteria))))
    sources = data.draw(st.sampled_from([("x = 1",), BLANK, ("!pip", "def top_heads(): pass")]))
    cell = CellOutcome(index=0, status="error", seconds=0.1, ename="E\ud800", evalue="\x1b")
    stored, report = LAB.graded(
        {**answers, **odd},
        *sources,
        heatmaps=draws(answers["drawn"]),
        complete=data.draw(st.booleans()),
        limit_exceeded=data.draw(st.sampled_from(["", "used more than 4 GB"])),
        cells=(cell,),
    )
    assert to_json(LAB.rescored(stored)) == to_json(report)


CHANGED = (
    ("points: 3", "points: 2"),
    ("total: 10", "total: 9"),
    ("close: first}]\n", "close: first, tolerance: wide}]\n"),
    ("probes:\n", "tolerances: {wide: {atol: 5}}\nprobes:\n"),
    ("title: First", "title: Foremost"),
    ("hint: Look.", "hint: Look again."),
    ("You rolled five.", "You rolled 5."),
    ('"Two."', '"2."'),
    ("credit: 0.25", "credit: 0.5"),
    ("note: As good.", "note: Fine."),
    ("within: [5, 6]", "within: [0, 3]"),
    ("{close: left}", "{shape: left, axes: [a, b]}"),
    ("as_printed: {function: f, source: printed", "new: {function: f, source: p"),
)
NEW_KEY = replace(MINI.key, variants={"new": {"first": array([[4.0]])}})


@pytest.mark.parametrize("answers", [RIGHT, NEAR, {**RIGHT, "left": Failure(kind="missing")}])
def test_another_judgement_is_that_of_a_new_run(answers: Mapping[str, Observation]) -> None:
    """A changed rubric gives the report that a new run would get."""
    new = replace(MINI, key=NEW_KEY).but(*CHANGED)
    stored, old = MINI.graded(answers, **DRAWN)
    _, report = new.graded(answers, **DRAWN)
    assert to_json(new.rescored(stored)) == to_json(report) != to_json(old)


@pytest.mark.parametrize("change", CHANGED, ids=str)
def test_no_such_change_needs_a_run(change: tuple[str, str]) -> None:
    """Changes of points, tolerances, wording and known answers need no other run."""
    total = {"points: 3": ("total: 10", "total: 9"), "total: 10": ("points: 3", "points: 2")}
    wide = {"close: first}]\n": CHANGED[3]}
    also = [other for kind in (total, wide) if (other := kind.get(change[0]))]
    stored, _ = MINI.graded(RIGHT, **DRAWN)
    assert MINI.but(change, *also).rescored(stored).status == "graded"


def needs(stored: StoredRun, by: Course) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the criteria and probes that need another run; None if there are none."""
    found = by.rescore(stored)
    return (found.criteria, found.probes) if isinstance(found, RequiresRerun) else None


@pytest.mark.parametrize(
    ("change", "criteria", "probe"),
    [
        (("f(model), use_recordings", "f(model).T, use_recordings"), ("first", "plain"), "first"),
        (("use_recordings: [rolls]", "use_recordings: [turns]"), ("first", "plain"), "first"),
        (("use_recordings: [rolls]", "use_recordings: []"), ("first", "plain"), "first"),
        (("models: {model: small}, use_recordings", "use_recordings"), ("given",), "mark"),
        (("small: planted-4x3@5", "small: planted-4x3@6"), ("given",), "mark"),
        (("x: [1, 2]", "x: [1, 3]"), ("given",), "given"),
        (("x: [1, 2]", "y: [1, 2]"), ("given",), "given"),
        (("function: g, expression: g(x)", "function: f, expression: g(x)"), ("given",), "given"),
        (("{function: v}", "{function: v, expression: v + 1}"), ("plain", "shown"), "plain"),
        (("side_effects: true", "side_effects: false"), ("plain", "left"), "left"),
        (("  left: {function: h", "  other: {function: h"), ("plain", "left"), "other"),
    ],
    ids=str,
)
def test_what_is_asked_otherwise_needs_a_run(
    change: tuple[str, str], criteria: tuple[str, ...], probe: str
) -> None:
    """A changed probe needs another run, with every criterion that depends on it."""
    stored, _ = MINI.graded(RIGHT, **DRAWN)
    renamed = [("close: left}", "close: other}"), ("equals_probe: left", "equals_probe: other")]
    new = MINI.but(change, *(renamed if probe == "other" else []))
    assert needs(stored, new) == (criteria, (probe,))


def test_another_recorded_answer_needs_a_run() -> None:
    """The replayed values are part of a probe's request; how they were recorded is not."""
    stored, _ = MINI.graded(RIGHT, **DRAWN)
    recordings = {**MINI.key.recordings, "rolls": recording(1.5)}
    other = replace(MINI, key=replace(MINI.key, recordings=recordings))
    assert needs(stored, other) == (("first", "plain"), ("first",))
    assert needs(stored, MINI.but(("expression: roll(seed)", "expression: roll( seed )"))) is None


@pytest.mark.parametrize(
    "other",
    [MINI.but(("grading: planted-4x3", "grading: planted-5x3")), replace(MINI, seed=1)],
    ids=["model", "seed"],
)
def test_another_model_or_seed_needs_a_run_of_everything(other: Course) -> None:
    """Another model or seed needs another run for every probe, figures included."""
    stored, _ = MINI.graded(RIGHT, **DRAWN)
    found = needs(stored, other)
    assert found is not None
    assert found[0] == ALL
    assert {"plain", "shown"} <= set(found[1])


def test_other_model_code_needs_a_run() -> None:
    """A change of the code that builds models needs another run."""
    stored, _ = MINI.graded(RIGHT, **DRAWN)
    job = MINI.context.job
    older = fingerprint_job(job, seed=0, full=False, models=f"older than {MODELS}")
    assert needs(replace(stored, fingerprint=older), MINI) is not None


def test_a_stub_needs_no_run() -> None:
    """A changed probe of a stub needs no other run: the function is not attempted."""
    stored, _ = MINI.graded(RIGHT, "def h(model): pass", **DRAWN)
    new = MINI.but(("h(model)", "h(model).T"))
    verdicts = {v.id: v for v in new.rescored(stored).verdicts}
    assert verdicts["left"].outcome == "not_attempted"
    assert verdicts["first"].outcome == "passed"


def test_a_renamed_function_is_told_from_an_absent_one() -> None:
    """Missing functions get the same feedback from the stored names as from the code."""
    missing = {**RIGHT, "left": Failure(kind="missing"), "first": Failure(kind="missing")}
    stored, report = MINI.graded(missing, "def h(model): return 1\n!pip install x", **DRAWN)
    verdicts = {v.id: v for v in MINI.rescored(stored).verdicts}
    assert "its cell failed" in verdicts["left"].feedback
    assert "There is no f" in verdicts["first"].feedback
    assert MINI.rescored(stored).notes == report.notes != ()


def test_what_nothing_looks_at_needs_no_run() -> None:
    """A new probe that no criterion reads needs no other run."""
    stored, report = MINI.graded(RIGHT, **DRAWN)
    new = MINI.but(("  unread:", "  fresh: {function: h, expression: h(3)}\n  unread:"))
    assert new.rescored(stored) == replace(report, rubric_sha256=new.file.sha256)


def test_an_answer_that_never_came_stands_for_itself() -> None:
    """An interrupted run is scored as it was if nothing changed."""
    stored, report = MINI.graded({"first": MATRIX}, complete=False, **DRAWN)
    assert report.status == "partial"
    assert MINI.rescored(stored) == report


@pytest.mark.parametrize("change", [MORE, ("  unread: {function: h, expression: h(2)}\n", "")])
@pytest.mark.parametrize("lost", [LOST, Failure(kind="kernel_died"), None])
def test_what_was_lost_might_not_be_now(change: tuple[str, str], lost: Observation | None) -> None:
    """With other limits or fewer probes, a lost answer needs another run."""
    answers = {k: v for k, v in {**RIGHT, "left": lost}.items() if v is not None}
    stored, _ = MINI.graded(answers, **DRAWN)
    assert needs(stored, MINI.but(change)) == (("plain", "left"), ("left",))
    raised, _ = MINI.graded({**RIGHT, "left": Failure(kind="raised")}, **DRAWN)
    assert needs(raised, MINI.but(change)) is None


@pytest.mark.parametrize(
    "cut",
    [
        {"complete": False},
        {"limit_exceeded": "used more than 4 GB"},
        {"cells": (CellOutcome(index=0, status="timed_out", seconds=1.0),)},
    ],
    ids=str,
)
def test_a_run_that_was_cut_short_needs_one_with_other_limits(cut: dict[str, Any]) -> None:
    """With other run limits, an incomplete run needs another one for every probe."""
    stored, _ = MINI.graded(RIGHT, **DRAWN, **cut)
    found = needs(stored, MINI.but(MORE))
    assert found is not None
    assert found[0] == ALL
    assert needs(stored, MINI.but(("file_mb: 50", "file_mb: 60"))) is None
    assert needs(MINI.graded(RIGHT, **DRAWN)[0], MINI.but(MORE)) is None


def hidden_key(seed: int) -> AnswerKey:
    """Build a key with the answers to the hidden probes of a seed."""
    expected = {**MINI.key.expected, "secret": Expected(value=MATRIX)}
    return replace(MINI.key, expected=expected, provenance=replace(MINI.key.provenance, seed=seed))


def test_hidden_probes_are_scored_by_the_key_of_their_seed() -> None:
    """Hidden probes need the hidden key of the run's seed; another one is refused."""
    full = replace(MINI, key=hidden_key(7), seed=7, full=True)
    stored, report = full.graded(RIGHT, **DRAWN)
    assert to_json(full.rescored(stored)) == to_json(report)
    assert report.environment["hidden_probes"]
    assert report.environment["seed"] == 7
    for key in (hidden_key(8), replace(hidden_key(7), expected=MINI.key.expected)):
        with pytest.raises(AnswerKeyError, match=r"another seed.*--key"):
            replace(full, key=key).rescore(stored)


def test_a_hidden_probe_that_was_not_asked_needs_a_run() -> None:
    """A hidden probe on another model, or one that was not asked, needs another run."""
    full = replace(MINI, key=hidden_key(7), seed=7, full=True)
    stored, _ = full.graded(RIGHT, **DRAWN)
    assert needs(stored, full.but(("4..5x3@*", "5..6x3@*"))) == (("given",), ("secret",))
    public, _ = MINI.graded(RIGHT, **DRAWN)
    assert needs(public, full) is not None
    assert needs(stored, MINI) is not None


@pytest.mark.kernel
def test_a_notebook_that_ran_is_scored_as_it_was(tmp_path: Path) -> None:
    """Values from a real kernel are stored completely and give the same report."""
    path = write(tmp_path / "nb.ipynb", function_cells())
    submission = read_submission(path, LIMITS)
    rubric, key = LAB.file.rubric.without_hidden(), LAB.key
    prepared = prepare_submission(submission, rubric, key.recordings, device="cpu", seed=0)
    execution = run_job(prepared.job)
    report = build_report(submission, replace(LAB.file, rubric=rubric), key, prepared, execution)
    request = fingerprint_job(prepared.job, seed=0, full=False, models=MODELS)
    found = LAB.rescored(make_stored_run(submission, prepared, execution, request))
    assert to_json(found) == to_json(with_run_info(report, full=False, seed=0))
    assert found.score > 50
