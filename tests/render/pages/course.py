"""A course of thirty students made from the lab's known mistakes; answers come from the key."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import cast

from grader.answer_key.find import shipped_key
from grader.answer_key.model import AnswerKey
from grader.batch.finalize import FinalizedBatch, finalize, read_policies
from grader.batch.gradebook import State
from grader.batch.results.observations import StoredRun, encode_run
from grader.batch.results.record import SubmissionResult
from grader.batch.results.store import STORED_RUN_FILE, ResultsStore, report_files
from grader.protocol.values import Failure, Observation, SequenceValue
from grader.report.model import Report
from tests.batch.stored_runs import Course
from tests.builders import array
from tests.similarity.course import LAB

HOSTILE = {
    "s01": "<script>alert(1)</script>",
    "s02": '=HYPERLINK("http://x.invalid")',
    "s03": "a #50%?q=1&b=<b>",
    "s04": "\u202eevil \u05d3\u05df",
    "s05": "x' onmouseover='alert(1)",
    "s06": "very " * 60,
}
"""Hostile student keys, which are also used in the names."""
MISTAKES = {
    "target_not_shifted": range(1, 9),
    "late_binding": range(7, 12),
    "percent": range(11, 14),
    "attention_two_back": range(14, 18),
}
"""The numbers of the students who make each known mistake."""
UNKNOWN, RARE = range(5, 11), range(12, 14)
"""Students who share an unknown wrong answer: enough to doubt the rubric, and too few."""
UNFINISHED = range(16, 20)
"""Students who left functions unwritten."""
ODD = [0.4321, 0.31, 0.2, 0.25, 0.125, 0.5, 0.75, 0.0]
LAST = ("effects", "language", "formation_scores", "formation_steps", "pattern_figure")
SLOW = {"s20": 61.5, "s03": 40.0, "s25": 33.25, "s09": 20.0, "s18": 19.0, "s19": 18.5}
FAILED: Mapping[str, tuple[State, str]] = {
    "s28": ("crashed", "a fault of the grader's own: ValueError: <img src=x onerror=alert(1)>"),
    "s29": ("ungradable", "it is no notebook"),
    "s30": ("timed_out", "The notebook was still running after 600 s."),
}
NUMBER = 30


def key_of(number: int) -> str:
    """Return a student's key."""
    student = f"s{number:02}"
    return HOSTILE.get(student, student)


STUDENTS = tuple(key_of(i) for i in range(1, NUMBER + 1))


@cache
def lab() -> Course:
    """Return the lab with the key that ships and its known mistakes."""
    key = shipped_key(LAB)
    assert key is not None
    rubric = LAB.rubric.with_mistakes(key.known_mistakes)
    return Course(file=replace(LAB, rubric=rubric), key=key)


@cache
def graded(mistakes: frozenset[str], own: str = "") -> tuple[StoredRun, Report]:
    """Grade a notebook with these known mistakes, and perhaps one of its own."""
    key: AnswerKey = lab().key
    answers: dict[str, Observation] = {n: right.value for n, right in key.expected.items()}
    for name in sorted(mistakes):
        answers |= key.mistakes[name]
    if own == "unknown":
        answers |= dict.fromkeys(("k_composition", "k_composition_rescaled"), array(ODD))
    if own == "rare":
        answers |= {"prev_scores": array([[0.25] * 12] * 12)}
    if own == "late":
        answers |= dict.fromkeys(LAST, Failure(kind="timed_out"))
    if own == "unfinished":
        answers |= dict.fromkeys((*LAST, "ablated_logits"), Failure(kind="not_attempted"))
    return lab().graded(answers, heatmaps=cast("SequenceValue", key.expected["drawn"].value))


def write_results(folder: Path) -> ResultsStore:
    """Write the results folder of all students, as a batch leaves it before finalization."""
    results = ResultsStore(folder)
    with results.lock():
        for i in range(1, NUMBER + 1):
            _keep(i, results)
    return results


def finalize_batch(results: ResultsStore) -> FinalizedBatch:
    """Finalize the batch."""
    rubric, key = lab().file.rubric, lab().key
    policies = read_policies(results.folder, rubric)
    return finalize(STUDENTS, results, rubric, policies, info={}, key=key)


def _own(i: int) -> str:
    kinds = {"unknown": UNKNOWN, "rare": RARE, "unfinished": UNFINISHED}
    return next((kind for kind, who in kinds.items() if i in who), "")


def _keep(i: int, results: ResultsStore) -> None:
    student, short = key_of(i), f"s{i:02}"
    state, reason = FAILED.get(short, ("graded", ""))
    files: dict[str, bytes] = {}
    if state in {"graded", "timed_out"}:
        mistakes = frozenset(name for name, who in MISTAKES.items() if i in who)
        stored, report = graded(mistakes, "late" if state == "timed_out" else _own(i))
        files = {
            **report_files(replace(report, student=student)),
            STORED_RUN_FILE: encode_run(stored),
        }
    results.save(
        SubmissionResult(
            student=student,
            name=f"{HOSTILE.get(short, 'Student')} {i}",
            notebook="x.ipynb",
            state=state,
            reason=reason,
            config_sha256="x",
            submitted=datetime(2026, 3, 1 + (i == 3), 12, tzinfo=UTC),
            seconds=SLOW.get(short, 2.0 + i / 100),
            files=files,
        )
    )
