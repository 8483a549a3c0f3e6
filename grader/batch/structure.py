"""Values as JSON, their numbers beside it: exactly as they were, and believed no more than before.

The pipe's caps hold for what was gathered. Kinds and depth are looked at again when it is read.
"""

import math
from dataclasses import fields
from typing import Any, TypeVar, cast

from numpy.typing import NDArray

from grader.batch.npz import DamagedError
from grader.values import (
    FAILURE_KINDS,
    GROUP_KINDS,
    NUMBERS_KINDS,
    Failure,
    Group,
    Nothing,
    Numbers,
    Observation,
    Table,
    Text,
    Value,
)
from grader.wire import MAX_DEPTH

Arrays = dict[str, NDArray[Any]]
Node = dict[str, Any]
_Flat = TypeVar("_Flat")
_Kind = TypeVar("_Kind")
_SINGLE = frozenset({"float", "int", "bool"})


def to_node(observation: Observation, arrays: Arrays) -> Node:
    """An observation as JSON; its numbers join the arrays, and their names stand for them."""
    match observation:
        case Numbers(kind=kind, array=array):
            name = f"{len(arrays):05d}"
            arrays[name] = array
            return {"is": "numbers", "kind": kind, "array": name}
        case Group(kind=kind, items=items):
            return {"is": "group", "kind": kind, "items": [to_node(i, arrays) for i in items]}
        case Table(entries=entries):
            return {"is": "table", "entries": {k: to_node(v, arrays) for k, v in entries.items()}}
        case Text(text=text):
            return {"is": "text", "text": text}
        case Nothing():
            return {"is": "nothing"}
        case Failure(kind=kind, ename=ename, message=message):
            return {"is": "failure", "kind": kind, "ename": ename, "message": message}


def to_observation(node: Node, arrays: Arrays) -> Observation:
    """Rebuild an observation; the arrays it takes are no longer among the others.

    Raises:
        DamagedError: It is none; so are a KeyError and a TypeError.
    """
    if node["is"] != "failure":
        return to_value(node, arrays)
    if node["kind"] not in FAILURE_KINDS:
        raise DamagedError("a failure is of no known kind")
    return Failure(
        kind=node["kind"], ename=kept(node["ename"], str), message=kept(node["message"], str)
    )


def to_value(node: Node, arrays: Arrays, depth: int = 0) -> Value:
    """Rebuild a value, as `to_observation` does."""
    if depth > MAX_DEPTH:
        raise DamagedError("a value is nested too deeply")
    match node["is"]:
        case "numbers":
            return _numbers(node, arrays)
        case "group" if node["kind"] in GROUP_KINDS:
            items = kept(node["items"], list)
            return Group(
                kind=node["kind"], items=tuple(to_value(i, arrays, depth + 1) for i in items)
            )
        case "table":
            entries = kept(node["entries"], dict)
            return Table(entries={k: to_value(v, arrays, depth + 1) for k, v in entries.items()})
        case "text":
            return Text(text=kept(node["text"], str))
        case "nothing":
            return Nothing()
        case _:
            raise DamagedError("a value is of no known kind")


def _numbers(node: Node, arrays: Arrays) -> Numbers:
    kind, array = node["kind"], arrays.pop(node["array"])
    if kind not in NUMBERS_KINDS or (kind in _SINGLE and array.shape != ()):
        raise DamagedError("numbers are of no known kind")
    return Numbers(kind=kind, array=array)


def kept(value: object, kind: type[_Kind]) -> _Kind:
    """A part of the JSON, if it is of the kind it must be.

    Raises:
        DamagedError: It is not.
    """
    if not isinstance(value, kind):
        raise DamagedError("a part of it is of another kind")
    return value


def texts(value: object) -> tuple[str, ...]:
    """A list of texts.

    Raises:
        DamagedError: It is none.
    """
    return tuple(kept(text, str) for text in kept(value, list))


def seconds(value: object) -> float:
    """A number that is one.

    Raises:
        DamagedError: It is none.
    """
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise DamagedError("a time is no number")
    return value


def flat(kind: type[_Flat], node: Node, **rest: object) -> _Flat:
    """Rebuild a dataclass of texts and numbers.

    Args:
        kind: The dataclass.
        node: Its fields; a missing or unknown one is a TypeError.
        **rest: Fields that have been looked at already.

    Raises:
        DamagedError: A field is of another kind than it must be.
    """
    made = kind(**node, **rest)
    for field in fields(made):  # type: ignore[arg-type]  # there is no public type for these
        if field.name in node:
            found, wanted = node[field.name], cast("Any", field.type)
            seconds(found) if wanted is float else kept(found, wanted)
    return made
