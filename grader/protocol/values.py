"""Values that leave a student's kernel: numbers, and plain containers of numbers.

A value is `Numbers` (a tensor, an array, a number or a nested list), a named or unnamed collection
of values, a short text, or None. Anything else that a function returns is observed as a `Failure`
of kind ``unreadable``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

ArrayKind = Literal["tensor", "ndarray", "float", "int", "bool", "list"]
SequenceKind = Literal["tuple", "list", "figure"]
FailureKind = Literal[
    "missing", "not_attempted", "raised", "timed_out", "unreadable", "kernel_died"
]

ARRAY_KINDS = frozenset(get_args(ArrayKind))
SEQUENCE_KINDS = frozenset(get_args(SequenceKind))
FAILURE_KINDS = frozenset(get_args(FailureKind))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayValue:
    """A tensor, an array, a number or a rectangular list of numbers."""

    kind: ArrayKind
    array: NDArray[Any]
    """The numbers; 0-d for a single number, float64 for a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceValue:
    """A tuple or list of values, or the heatmaps of a figure."""

    kind: SequenceKind
    items: tuple["Value", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DictValue:
    """A dict with text keys."""

    entries: Mapping[str, "Value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextValue:
    """A short string."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneValue:
    """Python's ``None``."""


Value = ArrayValue | SequenceValue | DictValue | TextValue | NoneValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The reason why a probe gave no value."""

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
    """Standard deviation over seeds, if the reference draws its own inputs."""
    draws: int = 1
    """Number of seeds that ``value`` is the mean over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Recorded calls of a reference function, replayed in place of the student's function."""

    replaces: str
    """Name that the replayed function takes in the student's namespace."""
    parameters: Mapping[str, Any]
    """Parameter names in order, with their defaults."""
    cycle: str | None
    """A parameter such as a seed: its values are answered, in turn, by the recorded ones."""
    batch: str | None = None
    """A tensor parameter that may hold several rows: each is looked up, the results joined."""
    rows: tuple["RecordedCall", ...] = field(default=())

    def header(self) -> dict[str, Any]:
        """Return everything but the rows, as JSON."""
        return {
            "replaces": self.replaces,
            "parameters": dict(self.parameters),
            "cycle": self.cycle,
            "batch": self.batch,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCall:
    """One recorded call: its arguments and its result."""

    arguments: Mapping[str, Value]
    """The arguments that decide the result; others are ignored."""
    result: Value


def describe(value: Value) -> str:
    """Return a value's kind and shape in a few words, for feedback."""
    match value:
        case ArrayValue(kind="float" | "int" | "bool" as kind, array=array) if array.shape == ():
            return f"the {kind} {array.item():.6g}" if kind != "bool" else "a bool"
        case ArrayValue(kind=kind, array=array):
            noun = {"tensor": "a tensor", "list": "a list of numbers"}.get(kind, "an array")
            return f"{noun} of shape {list(array.shape)}"
        case SequenceValue(kind=kind, items=items):
            return f"a {kind} of {len(items)}"
        case DictValue(entries=entries):
            return f"a dict of {len(entries)}"
        case TextValue():
            return "a string"
        case NoneValue():
            return "None"
