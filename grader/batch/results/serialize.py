"""Values as JSON, their numbers beside it: exactly as they were, and believed no more than before.

The pipe's caps hold for what was gathered. Kinds and depth are looked at again when it is read.
"""

import math
import warnings
from collections.abc import Mapping
from dataclasses import fields
from io import BytesIO
from tokenize import TokenError
from typing import Any, TypeVar, cast
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from grader.protocol.encoding import MAX_DEPTH
from grader.protocol.values import (
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

# MERGED: Arrays as one ``.npz`` file: the same arrays give the same bytes, and reading believes nothing.  Nothing in it is compressed or pickled, so no file holds more than its own size.
MAX_BYTES = 128 * 2**20
"""Twice what a notebook can send at most."""
MAX_ARRAYS = 2**16
_KINDS = frozenset("biuf")
_LARGEST = 8
"""Bytes of a number."""
_LOCKED = 1
"""A member's flag that it needs a password."""
_ENDING = ".npy"
_UNFORESEEN = (
    BadZipFile,
    EOFError,
    MemoryError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    SyntaxError,
    TokenError,
    TypeError,
    UserWarning,
    ValueError,
)
"""What zipfile and numpy say of bytes that are not theirs."""


class DamagedError(ValueError):
    """Bytes that are not such a file; the text says what is wrong with them."""


def write_npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The arrays as bytes that ``numpy.load`` reads, every member dated 1980."""
    file = BytesIO()
    with ZipFile(file, "w") as members:
        for name, array in arrays.items():
            body = BytesIO()
            rows_first = np.ascontiguousarray(array).reshape(array.shape)
            npy.write_array(body, rows_first, version=(1, 0), allow_pickle=False)
            member = ZipInfo(name + _ENDING)
            member.create_system = 3  # Unix, wherever it is written
            members.writestr(member, body.getvalue())
    return file.getvalue()


def read_npz(data: bytes) -> dict[str, NDArray[Any]]:
    """Rebuild the arrays; they cannot be written to.

    Raises:
        DamagedError: It is not what `write_npz` writes.
    """
    if len(data) > MAX_BYTES:
        raise DamagedError(f"it is larger than {MAX_BYTES // 2**20} MB")
    try:
        with ZipFile(BytesIO(data)) as file, warnings.catch_warnings():
            warnings.simplefilter("error")  # numpy's, on heads that others than we wrote
            return _arrays(file, len(data))
    except DamagedError:
        raise
    except _UNFORESEEN as error:
        raise DamagedError(f"its arrays cannot be read ({type(error).__name__})") from error


def _arrays(file: ZipFile, size: int) -> dict[str, NDArray[Any]]:
    members = file.infolist()
    if any(m.compress_type != ZIP_STORED or m.flag_bits & _LOCKED for m in members):
        raise DamagedError("it is compressed or locked")
    # Members that lie on top of each other would be more than the file.
    if len(members) > MAX_ARRAYS or sum(m.file_size for m in members) > size:
        raise DamagedError("it holds more than was stored")
    found = {_name(member): _array(file.read(member)) for member in members}
    if len(found) < len(members):
        raise DamagedError("two of its arrays have one name")
    return found


def _name(member: ZipInfo) -> str:
    name, ending = member.filename[: -len(_ENDING)], member.filename[-len(_ENDING) :]
    if ending != _ENDING:
        raise DamagedError("it holds something that is no array")
    return name


def _array(data: bytes) -> NDArray[Any]:
    """One array: numbers of a plain kind, as many as its head says."""
    body = BytesIO(data)
    if npy.read_magic(body) != (1, 0):
        raise DamagedError("an array is of another format")
    shape, columns_first, dtype = npy.read_array_header_1_0(body)
    if dtype.kind not in _KINDS or dtype.itemsize > _LARGEST or columns_first:
        raise DamagedError("an array is of another kind")
    start = body.tell()
    array: NDArray[Any] = np.ndarray(shape, dtype, buffer=data, offset=start)
    if array.nbytes != len(data) - start:
        raise DamagedError("an array is longer than it says")
    return array


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
