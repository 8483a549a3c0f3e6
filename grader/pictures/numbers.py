"""Values read as what a picture can show; nothing where they are something else."""

import math
from collections.abc import Callable

import numpy as np

from grader.checks.evidence import as_numbers
from grader.illustration import BarsPlan
from grader.pictures.picture import MOST_BARS, MOST_COLUMNS, MOST_ROWS, Entry, Matrix
from grader.values import Group, Table, Value

_DIGITS = 4
_PAIR = 2
_MOST_TOKENS = 128
_MOST_HEADS = 400
Get = Callable[[str], Value | None]


def matrix(value: Value | None) -> Matrix | None:
    """A matrix; of several the first, and of a figure's the first that it draws."""
    if isinstance(value, Group) and value.kind == "figure":
        value = value.items[0] if value.items else None
    array = as_numbers(value) if value is not None else None
    if array is None or array.ndim < _PAIR or not array.size:
        return None
    while array.ndim > _PAIR:
        array = array[0]
    rows, columns = array.shape
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        return None
    return tuple(tuple(entry(float(number)) for number in row) for row in array)


def tokens(value: Value | None) -> tuple[int, ...]:
    """One sequence of whole numbers: the first row, where there are several."""
    array = as_numbers(value) if value is not None else None
    if array is None or not array.size or array.ndim > _PAIR or not np.isfinite(array).all():
        return ()
    row = np.atleast_2d(array)[0][:_MOST_TOKENS]
    return tuple(int(number) for number in row) if (abs(row) < 2**53).all() else ()


def heads(value: Value | None) -> tuple[tuple[int, int], ...]:
    """Pairs of layer and head, from a list of pairs or of triples with a score."""
    array = as_numbers(value) if value is not None else None
    if array is None or array.ndim != _PAIR or array.shape[1] < _PAIR:
        return ()
    pairs = array[:_MOST_HEADS, :2]
    if not np.isfinite(pairs).all() or (abs(pairs) > MOST_COLUMNS).any():
        return ()
    return tuple((int(layer), int(head)) for layer, head in pairs)


def first_head(value: Value | None) -> str:
    """The first head of a list as the lab calls it: ``L5H1``."""
    found = heads(value)
    return f"L{found[0][0]}H{found[0][1]}" if found else "the head"


def named(plan: BarsPlan, get: Get) -> dict[str, Entry] | None:
    """The numbers of bars by their labels; None where there are none, or other ones.

    Args:
        plan: Which numbers.
        get: A probe's value.
    """
    if plan.values:
        found = {name: _number(get(probe), plan.part) for name, probe in plan.values.items()}
    else:
        found = _all(get(plan.probe) if plan.probe else None, plan)
    return found if any(number is not None for number in found.values()) else None


def entry(number: float) -> Entry:
    """A number with as many digits as one can see; None where it is none."""
    if not math.isfinite(number):
        return None
    return float(f"{number:.{_DIGITS}g}")


def _all(value: Value | None, plan: BarsPlan) -> dict[str, Entry]:
    if isinstance(value, Table):
        items = list(value.entries.items())[:MOST_BARS]
        return {name[:40]: _number(part, plan.part) for name, part in items}
    array = as_numbers(value) if value is not None else None
    if array is not None and array.ndim == _PAIR and plan.part is not None:
        array = array[:, plan.part] if -array.shape[1] <= plan.part < array.shape[1] else None
    if array is None or array.ndim != 1 or len(array) > MOST_BARS:
        return {}
    labels = plan.labels if len(plan.labels) == len(array) else map(str, range(len(array)))
    return {name: entry(float(x)) for name, x in zip(labels, array, strict=True)}


def _number(value: Value | None, part: int | None) -> Entry:
    array = as_numbers(value) if value is not None else None
    if array is not None and part is not None and array.ndim == 1:
        array = array[part] if -len(array) <= part < len(array) else None
    return entry(float(array)) if array is not None and array.shape == () else None
