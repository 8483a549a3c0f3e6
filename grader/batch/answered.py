"""What a student's functions returned, beside what became of the criteria that read it. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from grader.answers import AnswerKey
from grader.batch.rows import TELLING, Answer, Fewest, Row, row_of
from grader.batch.stored import Stored
from grader.report import Verdict
from grader.rubric import Criterion, Rubric
from grader.values import Value

_WRONG = frozenset(("partial", "failed", "errored"))


def answers_of(
    student: str,
    stored: Stored,
    verdicts: Iterable[Verdict],
    rubric: Rubric,
    fewest: Fewest = TELLING,
) -> Iterator[tuple[Answer, bool]]:
    """Every answer that tells something, and whether it passed all that reads it.

    Args:
        student: Whose.
        stored: What was kept when the notebook ran.
        verdicts: The machine's on it.
        rubric: The one they are by.
        fewest: Numbers from which on an answer tells something.
    """
    by_id = {verdict.id: verdict for verdict in verdicts}
    for name, criteria in readers(rubric).items():
        read = [by_id[c.id] for c in criteria if c.id in by_id]
        seen = stored.execution.observations.get(name)
        if read and seen is not None and (row := row_of(seen, fewest)) is not None:
            passed = all(verdict.outcome == "passed" for verdict in read)
            yield _answer(student, rubric.probes[name].function, name, read, row), passed


def is_wrong(verdict: Verdict) -> bool:
    """Whether there was an answer, and it lost points."""
    return verdict.outcome in _WRONG


def readers(rubric: Rubric) -> Mapping[str, list[Criterion]]:
    """The probes of what functions return, with the criteria that judge these functions by it."""
    found: dict[str, list[Criterion]] = {}
    for criterion in rubric.criteria:
        for name in criterion.probes():
            probe = rubric.probes[name]
            if not (probe.figures or probe.side_effects) and probe.function == criterion.function:
                found.setdefault(name, []).append(criterion)
    return found


def right_rows(
    passed: Iterable[tuple[str, Row]],
    key: AnswerKey | None,
    fewest: Fewest = TELLING,
) -> Mapping[str, list[Row]]:
    """By probe: what passed, and what the key has as right, each once.

    Args:
        passed: Answers that passed, with their probes.
        key: What is right, where that is known.
        fewest: As in `answers_of`.
    """
    keyed = ((name, row_of(value, fewest)) for name, value in _keyed(key))
    found: dict[str, dict[bytes, Row]] = {}  # most of a class gives the very same bytes
    for probe, row in (*passed, *((n, row) for n, row in keyed if row is not None)):
        found.setdefault(probe, {})[row.tobytes()] = row
    return {probe: list(rows.values()) for probe, rows in found.items()}


def _answer(student: str, function: str, probe: str, read: Iterable[Verdict], row: Row) -> Answer:
    lost = [verdict for verdict in read if is_wrong(verdict)]
    return Answer(
        student=student,
        function=function,
        probe=probe,
        criteria=tuple(verdict.id for verdict in lost),
        known=frozenset(verdict.misconception for verdict in lost if verdict.misconception),
        row=row,
    )


def _keyed(key: AnswerKey | None) -> list[tuple[str, Value]]:
    if key is None:
        return []
    variants = [item for answers in key.variants.values() for item in answers.items()]
    return [*((name, expected.value) for name, expected in key.expected.items()), *variants]
