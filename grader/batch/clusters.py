"""Who gave the same wrong answer, to six digits. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from grader.batch.rows import NEAR, Answer, Row, alike


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
