"""One wrong value that many students share and no known mistake gives: perhaps it is right."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from grader.answer_key.model import AnswerKey
from grader.batch.gradebook import Entry
from grader.batch.policy.overrides import SetVerdict
from grader.batch.results.observations import Stored, StoredError
from grader.batch.results.store import Results
from grader.batch.wrong_answers import (
    ANY,
    Answer,
    Cluster,
    Row,
    answers_of,
    clusters,
    is_wrong,
    right_rows,
    row_of,
)
from grader.protocol.values import Failure, Group, Numbers, Observation, Table, describe
from grader.report.model import Verdict
from grader.rubric.model import Rubric

# MERGED: A value in a line, so that a person knows it again. Pure.
_MOST = 6


def in_short(observation: Observation) -> str:
    """What it is, and its first numbers.

    Args:
        observation: What a probe gave.
    """
    match observation:
        case Failure(kind=kind):
            return kind.replace("_", " ")
        case Numbers(array=array) if array.size == 1:
            return f"{array.item():.6g}"
        case Numbers(array=array):
            return f"{describe(observation)}: {_first(array)}"
        case Group(items=items):
            return (
                f"{describe(observation)}: {_few([in_short(i) for i in items[:_MOST]], len(items))}"
            )
        case Table(entries=entries):
            named = [f"{name[:40]} {in_short(entries[name])}" for name in list(entries)[:_MOST]]
            return f"{describe(observation)}: {_few(named, len(entries))}"
        case _:
            return describe(observation)


def _first(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> str:
    return _few([f"{number:.4g}" for number in array.ravel()[:_MOST].tolist()], array.size)


def _few(texts: list[str], size: int) -> str:
    return ", ".join([*texts, *(["…"] if size > len(texts) else [])]) or "empty"


FEWEST, SHARE = 3, 0.2
"""Students who make a value doubtful, and their least share of those who were judged."""
_EXAMPLES = 30
"""Students without a doubtful answer whose answers are looked at for what is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedWrong:
    """A wrong value, and who gave it."""

    function: str
    value: str
    """In short."""
    students: tuple[str, ...]
    judged: int
    """Of so many."""
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Gathered:
    """Answers of a whole class; those of the same bytes are held once."""

    wrong: list[Answer] = field(default_factory=list)
    right: dict[bytes, tuple[str, Row]] = field(default_factory=dict)


def shared_wrong(
    entries: Sequence[Entry], results: Results, rubric: Rubric, key: AnswerKey | None
) -> tuple[SharedWrong, ...]:
    """Wrong values that many share; what is kept of students is read only where there may be one.

    Args:
        entries: Every submission.
        results: Where what is kept of them is.
        rubric: The one they were graded by.
        key: What is right, and what known mistakes give, where that is known.
    """
    verdicts = {entry.student: _machine(entry) for entry in entries}
    doubtful = doubtful_criteria(verdicts.values())
    if not doubtful:
        return ()
    looked_at = tuple(c for c in rubric.criteria if c.id in doubtful)
    found = _gathered(verdicts, results, rubric.model_copy(update={"criteria": looked_at}))
    explained = right_rows([*found.right.values(), *_mistaken(key)], key, ANY)
    many = [c for c in clusters(found.wrong, explained) if is_many(c, doubtful)]
    return tuple(
        SharedWrong(
            function=cluster.function,
            value=_value(cluster, results),
            students=cluster.students,
            judged=_judged(cluster, doubtful),
            criteria=cluster.criteria,
        )
        for cluster in largest(many)
    )


def doubtful_criteria(everyone: Iterable[Sequence[Verdict]]) -> dict[str, int]:
    """Criteria that many lost by no known mistake, with how many were judged. Pure."""
    judged, lost = Counter[str](), Counter[str]()
    for verdict in (verdict for verdicts in everyone for verdict in verdicts):
        judged[verdict.id] += verdict.outcome != "blocked"
        lost[verdict.id] += _is_odd(verdict)
    return {name: judged[name] for name in lost if _are_many(lost[name], judged[name])}


def is_many(cluster: Cluster, judged: Mapping[str, int]) -> bool:
    """Whether a group is large enough to doubt what it is judged by. Pure."""
    return _are_many(len(cluster.students), _judged(cluster, judged))


def largest(groups: Iterable[Cluster]) -> tuple[Cluster, ...]:
    """Without those whose students are all in another one of the same function. Pure."""
    kept: list[Cluster] = []
    for group in sorted(groups, key=lambda g: (-len(g.students), -len(g.probes), g.students)):
        same = (other for other in kept if other.function == group.function)
        if not any(set(group.students) <= set(other.students) for other in same):
            kept.append(group)
    return tuple(kept)


def _is_odd(verdict: Verdict) -> bool:
    """Whether it is wrong in a way that nobody has described, and follows from nothing else."""
    return is_wrong(verdict) and not verdict.misconception and not verdict.followed


def _are_many(students: int, judged: int) -> bool:
    return students >= FEWEST and students >= SHARE * judged


def _judged(cluster: Cluster, judged: Mapping[str, int]) -> int:
    return max(judged[name] for name in cluster.criteria)


def _machine(entry: Entry) -> tuple[Verdict, ...]:
    """What the machine found, whatever was set by hand."""
    verdicts = entry.judged.verdicts if entry.judged else ()
    return tuple(v.machine if isinstance(v, SetVerdict) else v for v in verdicts)


def _gathered(
    verdicts: Mapping[str, Sequence[Verdict]], results: Results, rubric: Rubric
) -> _Gathered:
    found = _Gathered()
    rows: dict[bytes, Row] = {}
    ids = {criterion.id for criterion in rubric.criteria}
    lost = [s for s, own in verdicts.items() if any(v.id in ids and _is_odd(v) for v in own)]
    others = [student for student, own in verdicts.items() if own and student not in lost]
    for student in (*lost, *others[:_EXAMPLES]):
        if (stored := _stored(student, results)) is None:
            continue
        odd = {verdict.id for verdict in verdicts[student] if _is_odd(verdict)}
        for answer, passed in answers_of(student, stored, verdicts[student], rubric, ANY):
            digest = hashlib.sha256(answer.row.tobytes()).digest()
            if passed:
                found.right[answer.probe.encode() + digest] = answer.probe, answer.row
            elif odd & set(answer.criteria) and not answer.known:
                found.wrong.append(_held_once(answer, rows, digest))
    return found


def _held_once(answer: Answer, rows: dict[bytes, Row], digest: bytes) -> Answer:
    return Answer(
        student=answer.student,
        function=answer.function,
        probe=answer.probe,
        criteria=answer.criteria,
        known=answer.known,
        row=rows.setdefault(digest, answer.row),
    )


def _stored(student: str, results: Results) -> Stored | None:
    """What is kept; a damaged file is another command's news."""
    try:
        return results.stored(student)
    except StoredError:
        return None


def _mistaken(key: AnswerKey | None) -> Iterator[tuple[str, Row]]:
    """What known mistakes give: a criterion that hides its feedback does not name them."""
    for answers in key.mistakes.values() if key else ():
        for probe, value in answers.items():
            if (row := row_of(value, ANY)) is not None:
                yield probe, row


def _value(cluster: Cluster, results: Results) -> str:
    stored = _stored(cluster.students[0], results)
    return in_short(stored.execution.observations[cluster.probes[0]]) if stored else ""
