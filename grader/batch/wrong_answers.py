"""What a student's functions returned, beside what became of the criteria that read it. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.answer_key.model import AnswerKey
from grader.batch.results.observations import Stored
from grader.protocol.values import Group, Numbers, Observation, Table, Value
from grader.report.model import Verdict
from grader.rubric.model import Criterion, Rubric

# MERGED: What a function returned, as the plain row of numbers that others' are compared with. Pure.
# MERGED: Who gave the same wrong answer, to six digits. Pure.
Row = NDArray[np.float64]
MOST = 5000
"""Numbers of one answer that are looked at."""
SAME, NEAR = 1e-6, 1e-4
"""How far apart, of a number's size, the same numbers may be; and numbers as right as others."""
_NOISE = 0.1
"""The same of an answer's largest number, as a part of that: what is smaller is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fewest:
    """From how many numbers on an answer tells something; by default, that it is one's own."""

    numbers: int = 8
    distinct: int = 5


TELLING = Fewest()
ANY = Fewest(numbers=0, distinct=0)
"""Where every answer counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A student's answer to one probe, of a criterion that was not passed."""

    student: str
    function: str
    probe: str
    criteria: tuple[str, ...]
    """Those that read the probe and were not passed."""
    known: frozenset[str]
    """The known mistakes that it was recognised as."""
    row: Row


def row_of(observation: Observation, fewest: Fewest = TELLING) -> Row | None:
    """The numbers in an answer; None where they are too few or too plain to tell anything.

    Args:
        observation: What a probe gave.
        fewest: How many are enough.
    """
    arrays = list(_arrays(observation))
    if not arrays:
        return None
    size = sum(array.size for array in arrays)
    parts: list[NDArray[Any]] = [np.ravel(array)[:MOST] for array in arrays]
    row = np.concatenate([*parts, np.zeros(0)])[:MOST].astype(np.float64)
    shown = row[np.isfinite(row) & (row != 0)]
    distinct = len({f"{number:.5e}" for number in shown.tolist()}) if fewest.distinct else 0
    if len(row) < fewest.numbers or distinct < fewest.distinct:
        return None
    return np.append(row, float(size))  # what is not looked at must be as long, at least


def alike(row: Row, rows: NDArray[np.float64], apart: float = SAME) -> NDArray[np.bool_]:
    """Which of several rows hold the same numbers, by default to six digits."""
    with np.errstate(invalid="ignore", over="ignore"):
        largest = np.maximum(np.abs(row), np.abs(rows))
        finite = np.where(np.isfinite(row), np.abs(row), 0.0)[:-1]
        room = apart * (largest + _NOISE * finite.max(initial=0.0))
        near = np.abs(rows - row) <= np.where(np.isfinite(room), room, 0.0)
    same = near | (rows == row) | (np.isnan(rows) & np.isnan(row))
    found: NDArray[np.bool_] = same.all(axis=1)
    return found


def _arrays(observation: Observation) -> Iterator[NDArray[Any]]:
    match observation:
        case Numbers(array=array):
            yield array
        case Group(items=items):
            for item in items:
                yield from _arrays(item)
        case Table(entries=entries):
            for name in sorted(entries):
                yield from _arrays(entries[name])
        case _:
            return


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Students whose function returned the same wrong numbers."""

    function: str
    students: tuple[str, ...]
    criteria: tuple[str, ...]
    probes: tuple[str, ...]
    """What the function was asked when it did."""
    numbers: int
    """How many agree in the longest of its answers."""
    known: tuple[str, ...]
    """Known mistakes that they were recognised as: these give everyone the same numbers."""


def clusters(answers: Iterable[Answer], right: Mapping[str, Sequence[Row]]) -> tuple[Cluster, ...]:
    """Group students by their wrong answers; those that no known mistake explains come first.

    Args:
        answers: To the probes of criteria that were not passed.
        right: Answers that are right, by probe: they are no mistake, whatever else was one.
    """
    ordered = sorted(answers, key=lambda a: (a.probe, len(a.row), a.student))
    groups: dict[tuple[str, tuple[str, ...]], list[list[Answer]]] = {}
    for (probe, size), several in groupby(ordered, key=lambda a: (a.probe, len(a.row))):
        fitting = [row for row in right.get(probe, ()) if len(row) == size]
        for group in _groups(list(several), fitting):
            key = group[0].function, tuple(answer.student for answer in group)
            groups.setdefault(key, []).append(group)
    found = (_cluster(*key, several) for key, several in groups.items())
    return tuple(sorted(found, key=lambda c: (bool(c.known), -len(c.students), c.students)))


def _groups(answers: list[Answer], right: Sequence[Row]) -> Iterator[list[Answer]]:
    """Those of two and more; all are answers to one probe, and as long."""
    rows = np.stack([answer.row for answer in answers])
    left = np.ones(len(answers), dtype=bool)
    for row in right:
        left &= ~alike(row, rows, NEAR)
    while left.any():
        same = left & alike(rows[np.flatnonzero(left)[0]], rows)
        same[np.flatnonzero(left)[0]] = True
        left &= ~same
        if same.sum() > 1:
            yield [answers[i] for i in np.flatnonzero(same)]


def _cluster(function: str, students: tuple[str, ...], several: list[list[Answer]]) -> Cluster:
    """One group, with all the answers in which it agrees."""
    answers = [answer for group in several for answer in group]
    return Cluster(
        function=function,
        students=students,
        criteria=tuple(sorted({name for answer in answers for name in answer.criteria})),
        probes=tuple(group[0].probe for group in several),
        numbers=max(len(answer.row) - 1 for answer in answers),
        known=tuple(sorted({name for answer in answers for name in answer.known})),
    )
