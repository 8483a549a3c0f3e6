"""Reads each student's code and answers from a results folder, without running or writing any."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.batch.results.observations import StoredRunError
from grader.batch.results.record import SubmissionResult
from grader.batch.results.store import EXECUTED_FILE, ResultsStore
from grader.batch.wrong_answers import AnswerVector, Vector, informative_answers
from grader.errors import SubmissionError
from grader.report.model import Report
from grader.rubric.model import Rubric
from grader.similarity.normalise import Code, read_code
from grader.submission.read import parse_submission

_NO_CODE = Code(functions={}, unreadable=0, truncated=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentCode:
    """One student's code and answers."""

    key: str
    name: str
    """Name for display; may be empty."""
    code: Code
    wrong_answers: tuple[AnswerVector, ...] = ()
    """Answers of criteria that were not passed."""
    right_answers: tuple[tuple[str, Vector], ...] = ()
    """Answers, with their probes, that passed all criteria that read them."""
    problems: tuple[str, ...] = ()
    """Messages on what could not be read."""


def load_student(
    result: SubmissionResult, results: ResultsStore, rubric: Rubric, fixed_names: frozenset[str]
) -> StudentCode:
    """Read a student's code and answers.

    Args:
        result: The submission's result.
        results: The results folder.
        rubric: The rubric it was graded by.
        fixed_names: Names that the lab prescribes.
    """
    code, problems = _code(result, results, rubric, fixed_names)
    wrong: list[AnswerVector] = []
    right: list[tuple[str, Vector]] = []
    try:
        for answer, passed in _answers(result.student, results, rubric):
            if passed:
                right.append((answer.probe, answer.vector))
            elif answer.criteria:
                wrong.append(answer)
    except StoredRunError as error:
        problems.append(str(error))
    return StudentCode(
        key=result.student,
        name=result.name,
        code=code,
        wrong_answers=tuple(wrong),
        right_answers=tuple(right),
        problems=tuple(problems),
    )


def _code(
    result: SubmissionResult, results: ResultsStore, rubric: Rubric, fixed_names: frozenset[str]
) -> tuple[Code, list[str]]:
    data = results.read_student_file(result.student, EXECUTED_FILE)
    if not data:
        return _NO_CODE, ["no notebook of this student has run"]
    try:
        submission = parse_submission(data, Path(EXECUTED_FILE), rubric.limits)
    except SubmissionError as error:
        return _NO_CODE, [str(error)]
    code = read_code((cell.source for cell in submission.cells), fixed_names)
    problems = []
    if code.unreadable:
        problems.append(f"{code.unreadable} cells or functions cannot be parsed: left out")
    if code.truncated:
        problems.append("the code is unusually long: functions beyond the limit are left out")
    return code, problems


def _answers(
    student: str, results: ResultsStore, rubric: Rubric
) -> Iterator[tuple[AnswerVector, bool]]:
    """Yield informative answers; the second item is True if all criteria that read it passed."""
    content, stored = results.report(student), results.stored_run(student)
    report = Report.from_dict(content, rubric) if content else None
    if stored is not None and report is not None:
        yield from informative_answers(student, stored, report.verdicts, rubric)
