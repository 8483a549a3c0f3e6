"""What a results folder has of each student: code and wrong answers. Nothing is run or written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.batch.results.observations import StoredError
from grader.batch.results.record import Record
from grader.batch.results.store import EXECUTED, Results
from grader.batch.wrong_answers import Answer, Row, answers_of
from grader.errors import SubmissionError
from grader.report.model import past_report
from grader.rubric.model import Rubric
from grader.similarity.normalise import Code, code_of
from grader.submission.read import parse_submission

_NO_CODE = Code(functions={}, unread=0, cut=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """One student's code and answers."""

    key: str
    name: str
    """As a person reads it; may be empty."""
    code: Code
    wrong: tuple[Answer, ...] = ()
    right: tuple[tuple[str, Row], ...] = ()
    """By probe: answers that passed all that reads them."""
    troubles: tuple[str, ...] = ()
    """What of it could not be looked at."""


def student_of(record: Record, results: Results, rubric: Rubric, lab: frozenset[str]) -> Student:
    """Read what is kept of a student.

    Args:
        record: How the submission ended.
        results: Where it is kept.
        rubric: The one that it was graded by.
        lab: Names that the lab has laid down.
    """
    code, troubles = _code(record, results, rubric, lab)
    wrong: list[Answer] = []
    right: list[tuple[str, Row]] = []
    try:
        for answer, passed in _answers(record.student, results, rubric):
            if passed:
                right.append((answer.probe, answer.row))
            elif answer.criteria:
                wrong.append(answer)
    except StoredError as error:
        troubles.append(str(error))
    return Student(
        key=record.student,
        name=record.name,
        code=code,
        wrong=tuple(wrong),
        right=tuple(right),
        troubles=tuple(troubles),
    )


def _code(
    record: Record, results: Results, rubric: Rubric, lab: frozenset[str]
) -> tuple[Code, list[str]]:
    data = results.text(record.student, EXECUTED)
    if not data:
        return _NO_CODE, ["no notebook of theirs has run"]
    try:
        submission = parse_submission(data, Path(EXECUTED), rubric.limits)
    except SubmissionError as error:
        return _NO_CODE, [str(error)]
    code = code_of((cell.source for cell in submission.cells), lab)
    troubles = []
    if code.unread:
        troubles.append(f"{code.unread} cells or functions cannot be read: left out")
    if code.cut:
        troubles.append("more code than anyone writes: what is too long is left out")
    return code, troubles


def _answers(student: str, results: Results, rubric: Rubric) -> Iterator[tuple[Answer, bool]]:
    """Every answer that tells something, and whether it passed all that reads it."""
    kept, stored = results.report(student), results.stored(student)
    report = past_report(kept, rubric) if kept else None
    if stored is not None and report is not None:
        yield from answers_of(student, stored, report.verdicts, rubric)
