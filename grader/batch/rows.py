"""What a function returned, as the plain row of numbers that others' are compared with. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.values import Group, Numbers, Observation, Table

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
