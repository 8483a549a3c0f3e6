"""Students' wrong answers as vectors of numbers, and groups of students who share one.

An answer is compared by its numbers alone, to six digits. Answers with few distinct numbers are not
informative: many students give them independently.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.answer_key.model import AnswerKey
from grader.batch.results.observations import StoredRun
from grader.protocol.values import ArrayValue, DictValue, Observation, SequenceValue, Value
from grader.report.model import Verdict
from grader.rubric.model import Rubric
from grader.rubric.sections import Criterion

Vector = NDArray[np.float64]
"""The numbers of an answer, flattened, and their count."""
MAX_NUMBERS = 5000
"""Maximum number of an answer's numbers to compare."""
SAME, NEAR = 1e-6, 1e-4
"""Relative tolerances: SAME for identical answers, NEAR for equally correct ones."""
_NOISE = 0.1
"""Fraction of an answer's largest number that is added to each number before the tolerance."""
_WRONG_OUTCOMES = frozenset(("partial", "failed", "errored"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumSize:
    """The minimum size for an answer to be informative."""

    numbers: int = 8
    distinct: int = 5


INFORMATIVE = MinimumSize()
"""Enough distinct numbers for an answer to be a student's own."""
ANY_SIZE = MinimumSize(numbers=0, distinct=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerVector:
    """A student's answer to one probe."""

    student: str
    function: str
    probe: str
    criteria: tuple[str, ...]
    """Ids of the criteria that read the probe and lost points."""
    known_mistakes: frozenset[str]
    """Known mistakes that the answer was recognised as."""
    vector: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class IdenticalAnswers:
    """Students whose function returned the same wrong numbers."""

    function: str
    students: tuple[str, ...]
    criteria: tuple[str, ...]
    probes: tuple[str, ...]
    """Probes to which they gave the same answer."""
    numbers: int
    """Number of numbers in the longest of these answers."""
    known_mistakes: tuple[str, ...]
    """Known mistakes that the answers were recognised as: these explain that they are identical."""


def to_vector(observation: Observation, minimum: MinimumSize = INFORMATIVE) -> Vector | None:
    """Flatten an answer; None if it is too small to be informative."""
    arrays = list(_arrays(observation))
    if not arrays:
        return None
    size = sum(array.size for array in arrays)
    parts: list[NDArray[Any]] = [np.ravel(array)[:MAX_NUMBERS] for array in arrays]
    vector = np.concatenate([*parts, np.zeros(0)])[:MAX_NUMBERS].astype(np.float64)
    finite = vector[np.isfinite(vector) & (vector != 0)]
    distinct = len({f"{number:.5e}" for number in finite.tolist()}) if minimum.distinct else 0
    if len(vector) < minimum.numbers or distinct < minimum.distinct:
        return None
    return np.append(vector, float(size))  # truncated answers must at least have the same size


def is_close(
    vector: Vector, vectors: NDArray[np.float64], tolerance: float = SAME
) -> NDArray[np.bool_]:
    """Return a mask of the vectors that hold the same numbers as one vector.

    Args:
        vector: A vector of n numbers.
        vectors: An m-by-n matrix.
        tolerance: Relative tolerance.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        largest = np.maximum(np.abs(vector), np.abs(vectors))
        finite = np.where(np.isfinite(vector), np.abs(vector), 0.0)[:-1]
        allowed = tolerance * (largest + _NOISE * finite.max(initial=0.0))
        near = np.abs(vectors - vector) <= np.where(np.isfinite(allowed), allowed, 0.0)
    same = near | (vectors == vector) | (np.isnan(vectors) & np.isnan(vector))
    mask: NDArray[np.bool_] = same.all(axis=1)
    return mask


def is_wrong(verdict: Verdict) -> bool:
    """Return True if there was an answer and it lost points."""
    return verdict.outcome in _WRONG_OUTCOMES


def informative_answers(
    student: str,
    stored: StoredRun,
    verdicts: Iterable[Verdict],
    rubric: Rubric,
    minimum: MinimumSize = INFORMATIVE,
) -> Iterator[tuple[AnswerVector, bool]]:
    """Yield a student's informative answers, each with True if it passed all criteria.

    Args:
        student: The student's key.
        stored: The student's stored run.
        verdicts: The machine's verdicts on it.
        rubric: The rubric of these verdicts.
        minimum: The minimum size of an answer.
    """
    by_id = {verdict.id: verdict for verdict in verdicts}
    for probe, criteria in criteria_by_probe(rubric).items():
        reading = [by_id[c.id] for c in criteria if c.id in by_id]
        seen = stored.execution.observations.get(probe)
        if reading and seen is not None and (vector := to_vector(seen, minimum)) is not None:
            passed = all(verdict.outcome == "passed" for verdict in reading)
            function = rubric.probes[probe].function
            yield _answer(student, function, probe, reading, vector), passed


def criteria_by_probe(rubric: Rubric) -> Mapping[str, list[Criterion]]:
    """Return the criteria that judge a function by each probe of its return value."""
    found: dict[str, list[Criterion]] = {}
    for criterion in rubric.criteria:
        for name in criterion.probes():
            probe = rubric.probes[name]
            if not (probe.figures or probe.side_effects) and probe.function == criterion.function:
                found.setdefault(name, []).append(criterion)
    return found


def correct_vectors(
    passed: Iterable[tuple[str, Vector]],
    key: AnswerKey | None,
    minimum: MinimumSize = INFORMATIVE,
) -> Mapping[str, list[Vector]]:
    """Return the distinct correct answers by probe: passed ones, and the key's.

    Args:
        passed: Probes and answers that passed.
        key: The answer key, if it is known.
        minimum: The minimum size of an answer.
    """
    found: dict[str, dict[bytes, Vector]] = {}  # most of a class gives the same bytes
    for probe, vector in (*passed, *_expected_vectors(key, minimum)):
        found.setdefault(probe, {})[vector.tobytes()] = vector
    return {probe: list(vectors.values()) for probe, vectors in found.items()}


def group_identical(
    answers: Iterable[AnswerVector], right: Mapping[str, Sequence[Vector]]
) -> tuple[IdenticalAnswers, ...]:
    """Group students by their wrong answers; groups that no known mistake explains come first.

    Args:
        answers: Answers to the probes of criteria that were not passed.
        right: Correct answers by probe: these are left out, whatever criterion they lost.
    """
    ordered = sorted(answers, key=lambda a: (a.probe, len(a.vector), a.student))
    groups: dict[tuple[str, tuple[str, ...]], list[list[AnswerVector]]] = {}
    for (probe, size), same_size in groupby(ordered, key=lambda a: (a.probe, len(a.vector))):
        correct = [vector for vector in right.get(probe, ()) if len(vector) == size]
        for group in _identical_groups(list(same_size), correct):
            key = group[0].function, tuple(answer.student for answer in group)
            groups.setdefault(key, []).append(group)
    found = (_cluster(*key, several) for key, several in groups.items())
    return tuple(
        sorted(found, key=lambda c: (bool(c.known_mistakes), -len(c.students), c.students))
    )


def _arrays(observation: Observation) -> Iterator[NDArray[Any]]:
    match observation:
        case ArrayValue(array=array):
            yield array
        case SequenceValue(items=items):
            for item in items:
                yield from _arrays(item)
        case DictValue(entries=entries):
            for name in sorted(entries):
                yield from _arrays(entries[name])
        case _:
            return


def _answer(
    student: str, function: str, probe: str, reading: Iterable[Verdict], vector: Vector
) -> AnswerVector:
    wrong = [verdict for verdict in reading if is_wrong(verdict)]
    return AnswerVector(
        student=student,
        function=function,
        probe=probe,
        criteria=tuple(verdict.id for verdict in wrong),
        known_mistakes=frozenset(
            verdict.misconception for verdict in wrong if verdict.misconception
        ),
        vector=vector,
    )


def _expected_vectors(key: AnswerKey | None, minimum: MinimumSize) -> Iterator[tuple[str, Vector]]:
    """Yield the answers of the key and of its variants, by probe."""
    if key is None:
        return
    values: list[tuple[str, Value]] = [(name, e.value) for name, e in key.expected.items()]
    values += [item for answers in key.variants.values() for item in answers.items()]
    for name, value in values:
        if (vector := to_vector(value, minimum)) is not None:
            yield name, vector


def _identical_groups(
    answers: list[AnswerVector], correct: Sequence[Vector]
) -> Iterator[list[AnswerVector]]:
    """Yield groups of two and more identical answers; all have the same probe and size."""
    vectors = np.stack([answer.vector for answer in answers])
    remaining = np.ones(len(answers), dtype=bool)
    for vector in correct:
        remaining &= ~is_close(vector, vectors, NEAR)
    while remaining.any():
        first = np.flatnonzero(remaining)[0]
        same = remaining & is_close(vectors[first], vectors)
        same[first] = True
        remaining &= ~same
        if same.sum() > 1:
            yield [answers[i] for i in np.flatnonzero(same)]


def _cluster(
    function: str, students: tuple[str, ...], groups: list[list[AnswerVector]]
) -> IdenticalAnswers:
    """Merge the groups of the same students over several probes."""
    answers = [answer for group in groups for answer in group]
    return IdenticalAnswers(
        function=function,
        students=students,
        criteria=tuple(sorted({name for answer in answers for name in answer.criteria})),
        probes=tuple(group[0].probe for group in groups),
        numbers=max(len(answer.vector) - 1 for answer in answers),
        known_mistakes=tuple(
            sorted({name for answer in answers for name in answer.known_mistakes})
        ),
    )
