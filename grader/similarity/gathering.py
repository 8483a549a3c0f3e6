"""What a results folder has of each student: code and wrong answers. Nothing is run or written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.batch.past import past_report
from grader.batch.record import Record
from grader.batch.results import EXECUTED, Results
from grader.batch.stored import StoredError
from grader.errors import SubmissionError
from grader.report import Verdict
from grader.rubric import Criterion, Rubric
from grader.similarity.answers import Answer, Row, row_of
from grader.similarity.functions import Code, code_of
from grader.submission import parse_submission

_WRONG = frozenset(("partial", "failed", "errored"))
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
    if stored is None or report is None:
        return
    verdicts = {verdict.id: verdict for verdict in report.verdicts}
    for name, criteria in _readers(rubric).items():
        read = [verdicts[c.id] for c in criteria if c.id in verdicts]
        seen = stored.execution.observations.get(name)
        if read and seen is not None and (row := row_of(seen)) is not None:
            passed = all(verdict.outcome == "passed" for verdict in read)
            yield _answer(student, rubric.probes[name].function, name, read, row), passed


def _answer(student: str, function: str, probe: str, read: Iterable[Verdict], row: Row) -> Answer:
    lost = [verdict for verdict in read if verdict.outcome in _WRONG]
    return Answer(
        student=student,
        function=function,
        probe=probe,
        criteria=tuple(verdict.id for verdict in lost),
        known=frozenset(verdict.misconception for verdict in lost if verdict.misconception),
        row=row,
    )


def _readers(rubric: Rubric) -> Mapping[str, list[Criterion]]:
    """The probes of what functions return, with the criteria that judge these functions by it."""
    found: dict[str, list[Criterion]] = {}
    for criterion in rubric.criteria:
        for name in criterion.probes():
            probe = rubric.probes[name]
            if not (probe.figures or probe.side_effects) and probe.function == criterion.function:
                found.setdefault(name, []).append(criterion)
    return found
