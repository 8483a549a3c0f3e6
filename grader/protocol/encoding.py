"""Encodes values as JSON and arrays, and packs one value for the pipe.

Files and the pipe use the same encoding: `to_json` puts a value's numbers into a dict of arrays
and leaves their names in the JSON, `value_from_json` takes them out again. Decoding trusts nothing:
kinds, nesting and shapes are checked, and no array is used twice.
"""

from typing import Any

from numpy.typing import NDArray

from grader.protocol.container import Arrays, ContainerFormat, read_container, write_container
from grader.protocol.json_fields import UnreadableError, checked, parsing
from grader.protocol.values import (
    ARRAY_KINDS,
    FAILURE_KINDS,
    SEQUENCE_KINDS,
    ArrayKind,
    ArrayValue,
    DictValue,
    Failure,
    NoneValue,
    Observation,
    SequenceValue,
    TextValue,
    Value,
)

MAX_VALUE_BYTES = 16 * 2**20
MAX_DEPTH = 4
MAX_TEXT = 300
MAX_EXCEPTION_NAME = 60
PIPE_FORMAT = ContainerFormat(
    array_bytes=MAX_VALUE_BYTES, header_bytes=65536, json_bytes=4096, arrays=4096
)
"""The format of one packed value."""
_SCALAR_KINDS = frozenset({"float", "int", "bool"})


def pack(observation: Observation) -> bytes:
    """Serialize an observation for the pipe.

    Raises:
        UnreadableError: It is larger than the pipe allows.
    """
    arrays: Arrays = {}
    return write_container(to_json(observation, arrays), arrays, PIPE_FORMAT)


def unpack(data: bytes) -> Observation:
    """Deserialize an observation from untrusted bytes.

    Raises:
        UnreadableError: The bytes are not what `pack` returns.
    """
    node, arrays = read_container(data, PIPE_FORMAT)
    with parsing():
        observation = observation_from_json(node, arrays)
        reject_unused(arrays)
    return observation


def to_json(value: Observation, arrays: Arrays) -> dict[str, Any]:
    """Return an observation as JSON and add its numbers to the arrays. Long texts are cut."""
    match value:
        case ArrayValue(kind=kind, array=array):
            name = str(len(arrays))
            arrays[name] = array
            return {"kind": kind, "array": name}
        case SequenceValue(kind=kind, items=items):
            return {"kind": "group", "of": kind, "items": [to_json(i, arrays) for i in items]}
        case DictValue(entries=entries):
            return {"kind": "dict", "entries": {k: to_json(v, arrays) for k, v in entries.items()}}
        case TextValue(text=text):
            return {"kind": "text", "text": text[:MAX_TEXT]}
        case NoneValue():
            return {"kind": "none"}
        case Failure(kind=kind, ename=ename, message=message):
            return {
                "kind": "error",
                "of": kind,
                "ename": ename[:MAX_EXCEPTION_NAME],
                "message": message[:MAX_TEXT],
            }


def observation_from_json(node: dict[str, Any], arrays: Arrays) -> Observation:
    """Decode an observation, removing the arrays it uses from `arrays`.

    Raises:
        UnreadableError: The JSON is not what `to_json` returns; so are the other errors that
            `parsing` turns into one.
    """
    if node["kind"] != "error":
        return value_from_json(node, arrays)
    if node["of"] not in FAILURE_KINDS:
        raise UnreadableError("its failure is of no known kind")
    return Failure(
        kind=node["of"],
        ename=checked(node["ename"], str)[:MAX_EXCEPTION_NAME],
        message=checked(node["message"], str)[:MAX_TEXT],
    )


def value_from_json(node: dict[str, Any], arrays: Arrays, depth: int = 0) -> Value:
    """Decode a value as `observation_from_json` does; a failure is no value."""
    if depth > MAX_DEPTH:
        raise UnreadableError("it is nested too deeply")
    kind = node["kind"]
    if kind in ARRAY_KINDS:
        return _numbers(kind, arrays.pop(node["array"]))  # a second use would multiply its memory
    if kind == "group" and node["of"] in SEQUENCE_KINDS:
        items = checked(node["items"], list)
        return SequenceValue(
            kind=node["of"], items=tuple(value_from_json(i, arrays, depth + 1) for i in items)
        )
    if kind == "dict":
        entries = checked(node["entries"], dict)
        return DictValue(
            entries={
                k[:MAX_TEXT]: value_from_json(v, arrays, depth + 1) for k, v in entries.items()
            }
        )
    if kind == "text":
        return TextValue(text=checked(node["text"], str)[:MAX_TEXT])
    if kind == "none":
        return NoneValue()
    raise UnreadableError("it is of no known kind")


def reject_unused(arrays: Arrays) -> None:
    """Check that decoding has used every array.

    Raises:
        UnreadableError: Arrays are left that belong to nothing.
    """
    if arrays:
        raise UnreadableError("it holds numbers that are no part of it")


def _numbers(kind: ArrayKind, array: NDArray[Any]) -> ArrayValue:
    if kind in _SCALAR_KINDS and array.shape != ():
        raise UnreadableError("it says number and holds an array")
    return ArrayValue(kind=kind, array=array)
