"""What a student's kernel can hand over: numbers, and plain containers of numbers.

A value is either a [Numbers][] (tensor, array, number, nested list), a named or unnamed
collection of values, a short text, or nothing. Whatever else a function returns has no
representation here and is observed as a [Failure][] of kind ``unreadable``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

NumbersKind = Literal["tensor", "ndarray", "float", "int", "bool", "list"]
GroupKind = Literal["tuple", "list", "figure"]
FailureKind = Literal[
    "missing", "not_attempted", "raised", "timed_out", "unreadable", "kernel_died"
]

NUMBERS_KINDS = frozenset(get_args(NumbersKind))
GROUP_KINDS = frozenset(get_args(GroupKind))
FAILURE_KINDS = frozenset(get_args(FailureKind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A tensor, an array, a number or a rectangular list of numbers."""

    kind: NumbersKind
    array: NDArray[Any]
    """The values; 0-d for a single number, float64 for a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A tuple or list of values, or the heatmaps that a figure draws."""

    kind: GroupKind
    items: tuple["Value", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A dict with text keys."""

    entries: Mapping[str, "Value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A short string."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Python's ``None``."""


Value = Numbers | Group | Table | Text | Nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a probe gave no value."""

    kind: FailureKind
    ename: str = ""
    """The exception's class name, for ``raised``."""
    message: str = ""


Observation = Value | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The reference's answer to one probe."""

    value: Value
    spread: NDArray[np.float64] | None = None
    """Standard deviation over seeds, where the reference draws its own inputs."""
    draws: int = 1
    """How many seeds ``value`` is the mean of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A function's recorded answers, which stand in for a student's own where a probe says so."""

    replaces: str
    """The name it takes in the student's namespace."""
    parameters: Mapping[str, Any]
    """Parameter names in order, with their defaults."""
    cycle: str | None
    """The parameter any value of which is answered, in turn, by a recorded one."""
    batch: str | None = None
    """A tensor parameter whose rows may come together: each is answered, the answers joined."""
    rows: tuple["RecordedCall", ...] = field(default=())

    def head(self) -> dict[str, Any]:
        """Everything but the rows, as JSON."""
        return {
            "replaces": self.replaces,
            "parameters": dict(self.parameters),
            "cycle": self.cycle,
            "batch": self.batch,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCall:
    """One recorded call: what it was called with and what it gave."""

    arguments: Mapping[str, Value]
    """The arguments that decide; others are not looked at."""
    result: Value


def describe(value: Value) -> str:
    """Name a value's kind and shape in a few words, for feedback."""
    match value:
        case Numbers(kind="float" | "int" | "bool" as kind, array=array) if array.shape == ():
            return f"the {kind} {array.item():.6g}" if kind != "bool" else "a bool"
        case Numbers(kind=kind, array=array):
            noun = {"tensor": "a tensor", "list": "a list of numbers"}.get(kind, "an array")
            return f"{noun} of shape {list(array.shape)}"
        case Group(kind=kind, items=items):
            return f"a {kind} of {len(items)}"
        case Table(entries=entries):
            return f"a dict of {len(entries)}"
        case Text():
            return "a string"
        case Nothing():
            return "None"
