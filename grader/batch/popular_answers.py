"""Finds wrong answers that many students share: they may point to a problem in the rubric."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from numpy.typing import NDArray

from grader.answer_key.model import AnswerKey
from grader.batch.gradebook import GradebookRow
from grader.batch.policy.overrides import OverriddenVerdict
from grader.batch.results.observations import StoredRun, StoredRunError
from grader.batch.results.store import ResultsStore
from grader.batch.wrong_answers import (
    ANY_SIZE,
    AnswerVector,
    IdenticalAnswers,
    Vector,
    correct_vectors,
    group_identical,
    informative_answers,
    is_wrong,
    to_vector,
)
from grader.protocol.values import (
    ArrayValue,
    DictValue,
    Failure,
    Observation,
    SequenceValue,
    describe,
)
from grader.report.model import Verdict
from grader.rubric.model import Rubric

MIN_STUDENTS, MIN_SHARE = 3, 0.2
"""Minimum number of students who share an answer, and minimum fraction of the judged ones."""
_MAX_EXAMPLES = 30
"""Maximum number of other students whose answers are read as examples of correct ones."""
_MAX_ITEMS = 6
"""Maximum number of numbers, items or entries in a summarised value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopularAnswer:
    """A wrong answer that many students share, and that no known mistake explains."""

    function: str
    value: str
    """The answer, summarised in one line."""
    students: tuple[str, ...]
    judged: int
    """Number of students for whom the criterion was judged."""
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _ClassAnswers:
    """Answers of a whole class; identical vectors share their memory."""

    wrong: list[AnswerVector] = field(default_factory=list)
    right: dict[bytes, tuple[str, Vector]] = field(default_factory=dict)


def find_popular_answers(
    rows: Sequence[GradebookRow], store: ResultsStore, rubric: Rubric, key: AnswerKey | None
) -> tuple[PopularAnswer, ...]:
    """Find the popular wrong answers of a batch.

    Stored values are read only if enough students lost a criterion by no known mistake.

    Args:
        rows: Every submission.
        store: The results folder.
        rubric: The rubric they were graded by.
        key: Correct answers and those of known mistakes, if the key is known.
    """
    verdicts = {row.student: _machine_verdicts(row) for row in rows}
    doubtful = doubtful_criteria(verdicts.values())
    if not doubtful:
        return ()
    criteria = tuple(c for c in rubric.criteria if c.id in doubtful)
    found = _collect_answers(verdicts, store, rubric.model_copy(update={"criteria": criteria}))
    explained = correct_vectors(
        [*found.right.values(), *_known_mistake_vectors(key)], key, ANY_SIZE
    )
    popular = [c for c in group_identical(found.wrong, explained) if is_popular(c, doubtful)]
    return tuple(
        PopularAnswer(
            function=group.function,
            value=_summary_of(group, store),
            students=group.students,
            judged=_judged_count(group, doubtful),
            criteria=group.criteria,
        )
        for group in largest_groups(popular)
    )


def doubtful_criteria(verdicts: Iterable[Sequence[Verdict]]) -> dict[str, int]:
    """Return the criteria that many lost by no known mistake, with the number of judged students.

    Args:
        verdicts: Each student's verdicts.
    """
    judged, lost = Counter[str](), Counter[str]()
    for verdict in (verdict for of_student in verdicts for verdict in of_student):
        judged[verdict.id] += verdict.outcome != "blocked"
        lost[verdict.id] += _is_unexplained(verdict)
    return {name: judged[name] for name in lost if _is_enough(lost[name], judged[name])}


def is_popular(group: IdenticalAnswers, judged: Mapping[str, int]) -> bool:
    """Return True if a group is large enough to doubt its criteria.

    Args:
        group: Students with the same wrong answer.
        judged: Number of judged students by criterion.
    """
    return _is_enough(len(group.students), _judged_count(group, judged))


def largest_groups(groups: Iterable[IdenticalAnswers]) -> tuple[IdenticalAnswers, ...]:
    """Return the groups without those contained in another group of the same function."""
    largest: list[IdenticalAnswers] = []
    for group in sorted(groups, key=lambda g: (-len(g.students), -len(g.probes), g.students)):
        same_function = (other for other in largest if other.function == group.function)
        if not any(set(group.students) <= set(other.students) for other in same_function):
            largest.append(group)
    return tuple(largest)


def summarize_value(observation: Observation) -> str:
    """Summarise a value in one line: its kind and its first numbers."""
    match observation:
        case Failure(kind=kind):
            return kind.replace("_", " ")
        case ArrayValue(array=array) if array.size == 1:
            return f"{array.item():.6g}"
        case ArrayValue(array=array):
            return f"{describe(observation)}: {_first_numbers(array)}"
        case SequenceValue(items=items):
            texts = [summarize_value(item) for item in items[:_MAX_ITEMS]]
            return f"{describe(observation)}: {_join(texts, len(items))}"
        case DictValue(entries=entries):
            names = list(entries)[:_MAX_ITEMS]
            texts = [f"{name[:40]} {summarize_value(entries[name])}" for name in names]
            return f"{describe(observation)}: {_join(texts, len(entries))}"
        case _:
            return describe(observation)


def _first_numbers(array: NDArray[Any]) -> str:
    return _join([f"{number:.4g}" for number in array.ravel()[:_MAX_ITEMS].tolist()], array.size)


def _join(texts: list[str], size: int) -> str:
    return ", ".join([*texts, *(["…"] if size > len(texts) else [])]) or "empty"


def _is_unexplained(verdict: Verdict) -> bool:
    """Return True if a wrong answer is neither a known mistake nor a consequence of one."""
    return is_wrong(verdict) and not verdict.misconception and not verdict.followed


def _is_enough(students: int, judged: int) -> bool:
    return students >= MIN_STUDENTS and students >= MIN_SHARE * judged


def _judged_count(group: IdenticalAnswers, judged: Mapping[str, int]) -> int:
    return max(judged[name] for name in group.criteria)


def _machine_verdicts(row: GradebookRow) -> tuple[Verdict, ...]:
    """Return the verdicts without overrides."""
    verdicts = row.graded_report.verdicts if row.graded_report else ()
    return tuple(v.machine if isinstance(v, OverriddenVerdict) else v for v in verdicts)


def _collect_answers(
    verdicts: Mapping[str, Sequence[Verdict]], store: ResultsStore, rubric: Rubric
) -> _ClassAnswers:
    """Read the answers of students with an unexplained one, and of some others as examples."""
    found = _ClassAnswers()
    unique: dict[bytes, Vector] = {}
    ids = {criterion.id for criterion in rubric.criteria}
    unexplained = {
        student: {v.id for v in of_student if v.id in ids and _is_unexplained(v)}
        for student, of_student in verdicts.items()
    }
    affected = [student for student, lost in unexplained.items() if lost]
    others = [s for s, of_student in verdicts.items() if of_student and not unexplained[s]]
    for student in (*affected, *others[:_MAX_EXAMPLES]):
        if (stored := _stored_run(student, store)) is None:
            continue
        for answer, passed in informative_answers(
            student, stored, verdicts[student], rubric, ANY_SIZE
        ):
            digest = hashlib.sha256(answer.vector.tobytes()).digest()
            if passed:
                found.right[answer.probe.encode() + digest] = answer.probe, answer.vector
            elif unexplained[student] & set(answer.criteria) and not answer.known_mistakes:
                found.wrong.append(replace(answer, vector=unique.setdefault(digest, answer.vector)))
    return found


def _stored_run(student: str, store: ResultsStore) -> StoredRun | None:
    """Return a stored run; None if it is damaged, which `grade regrade` reports."""
    try:
        return store.stored_run(student)
    except StoredRunError:
        return None


def _known_mistake_vectors(key: AnswerKey | None) -> Iterator[tuple[str, Vector]]:
    """Yield the answers of known mistakes: hidden feedback does not name them in verdicts."""
    for answers in key.mistakes.values() if key else ():
        for probe, value in answers.items():
            if (vector := to_vector(value, ANY_SIZE)) is not None:
                yield probe, vector


def _summary_of(group: IdenticalAnswers, store: ResultsStore) -> str:
    stored = _stored_run(group.students[0], store)
    return summarize_value(stored.execution.observations[group.probes[0]]) if stored else ""
