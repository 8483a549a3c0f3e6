"""A value in a line, so that a person knows it again. Pure."""

import numpy as np

from grader.values import Failure, Group, Numbers, Observation, Table, describe

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
