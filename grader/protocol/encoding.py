"""Values as bytes: a small JSON manifest for structure, safetensors for numbers.

Layout: u32 manifest length, manifest, safetensors. Reading trusts nothing: sizes are capped
before anything is parsed, structure has a fixed list of kinds, and arrays are rebuilt by the
safetensors library from plain bytes.
"""

import json
import struct
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from grader.protocol.values import (
    FAILURE_KINDS,
    GROUP_KINDS,
    NUMBERS_KINDS,
    Failure,
    Group,
    Nothing,
    Numbers,
    NumbersKind,
    Observation,
    Table,
    Text,
    Value,
)

MAX_MANIFEST_BYTES = 4096
MAX_HEADER_BYTES = 65536
MAX_VALUE_BYTES = 16 * 2**20
MAX_DEPTH = 4
MAX_TEXT = 300
_LENGTH = struct.Struct("<I")
_HEADER_LENGTH = struct.Struct("<Q")
_DTYPES = frozenset(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)) | {
    "bool",
    "float16",
    "float32",
    "float64",
}


class UnreadableError(ValueError):
    """Bytes that are not a value, or a value that does not fit."""


def pack(observation: Observation) -> bytes:
    """Turn an observation into bytes.

    Raises:
        UnreadableError: It is larger than a frame may be.
    """
    arrays: dict[str, NDArray[Any]] = {}
    manifest = json.dumps(_node(observation, arrays), separators=(",", ":")).encode()
    if len(manifest) > MAX_MANIFEST_BYTES:
        raise UnreadableError("it has too many parts")
    body = save(arrays)
    if len(body) > MAX_VALUE_BYTES:
        raise UnreadableError(f"it is larger than {MAX_VALUE_BYTES // 2**20} MB")
    return _LENGTH.pack(len(manifest)) + manifest + body


def unpack(data: bytes) -> Observation:
    """Rebuild an observation from bytes that nobody vouches for.

    Raises:
        UnreadableError: They are not what `pack` writes.
    """
    try:
        return _unpack(data)
    except UnreadableError:
        raise
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        struct.error,
        SafetensorError,
    ) as error:
        raise UnreadableError(f"its bytes could not be read ({type(error).__name__})") from error


def _unpack(data: bytes) -> Observation:
    if len(data) > MAX_VALUE_BYTES + MAX_MANIFEST_BYTES + _LENGTH.size:
        raise UnreadableError("it is too large")
    (size,) = _LENGTH.unpack_from(data)
    if size > MAX_MANIFEST_BYTES:
        raise UnreadableError("its manifest is too large")
    body = data[_LENGTH.size + size :]
    (header,) = _HEADER_LENGTH.unpack_from(body)
    if header > MAX_HEADER_BYTES:
        raise UnreadableError("its header is too large")
    manifest = json.loads(
        data[_LENGTH.size : _LENGTH.size + size].decode(), object_pairs_hook=_unique
    )
    arrays = load(body)
    observation = _observation(manifest, arrays, depth=0)
    if arrays:
        raise UnreadableError("it holds numbers that are no part of it")
    return observation


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableError("its manifest repeats a key")
    return found


def _node(value: Observation, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    match value:
        case Numbers(kind=kind, array=array):
            name = str(len(arrays))
            arrays[name] = np.ascontiguousarray(array).reshape(array.shape)
            return {"kind": kind, "array": name}
        case Group(kind=kind, items=items):
            return {"kind": "group", "of": kind, "items": [_node(item, arrays) for item in items]}
        case Table(entries=entries):
            return {"kind": "dict", "entries": {k: _node(v, arrays) for k, v in entries.items()}}
        case Text(text=text):
            return {"kind": "text", "text": text[:MAX_TEXT]}
        case Nothing():
            return {"kind": "none"}
        case Failure(kind=kind, ename=ename, message=message):
            return {"kind": "error", "of": kind, "ename": ename[:60], "message": message[:MAX_TEXT]}


def _observation(node: dict[str, Any], arrays: dict[str, NDArray[Any]], depth: int) -> Observation:
    if node["kind"] == "error" and depth == 0:
        if node["of"] not in FAILURE_KINDS:
            raise UnreadableError("its failure is of no known kind")
        return Failure(
            kind=node["of"], ename=str(node["ename"])[:60], message=str(node["message"])[:MAX_TEXT]
        )
    return _value(node, arrays, depth)


def _value(node: dict[str, Any], arrays: dict[str, NDArray[Any]], depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise UnreadableError("it is nested too deeply")
    kind = node["kind"]
    if kind in NUMBERS_KINDS:
        return _numbers(kind, arrays.pop(node["array"]))  # twice would cost memory for nothing
    if kind == "group" and node["of"] in GROUP_KINDS:
        items = tuple(_value(item, arrays, depth + 1) for item in node["items"])
        return Group(kind=node["of"], items=items)
    if kind == "dict":
        entries = cast("dict[str, dict[str, Any]]", node["entries"])
        return Table(
            entries={k[:MAX_TEXT]: _value(v, arrays, depth + 1) for k, v in entries.items()}
        )
    if kind == "text":
        return Text(text=str(node["text"])[:MAX_TEXT])
    if kind == "none":
        return Nothing()
    raise UnreadableError("it is of no known kind")


def _numbers(kind: NumbersKind, array: NDArray[Any]) -> Numbers:
    if array.dtype.name not in _DTYPES:
        raise UnreadableError(f"its dtype {array.dtype.name} is not supported")
    if kind in {"float", "int", "bool"} and array.shape != ():
        raise UnreadableError("it says number and holds an array")
    return Numbers(kind=kind, array=array)
