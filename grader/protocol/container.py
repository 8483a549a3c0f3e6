"""Stores JSON and arrays together: one safetensors blob whose metadata holds the JSON.

The same content gives the same bytes. Reading trusts nothing: sizes are checked before anything is
parsed, repeated keys are refused, and the safetensors library rebuilds the arrays from plain bytes.
Nothing is compressed or pickled, so that no blob unpacks to more than its own size.
"""

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from grader.protocol.json_fields import UnreadableError, checked, parsing

Arrays = dict[str, NDArray[Any]]
_METADATA, _STRUCTURE, _CHECKSUM = "__metadata__", "structure", "checksum"
_HEADER_SIZE = struct.Struct("<Q")
_DTYPES = frozenset(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)) | {
    "bool",
    "float16",
    "float32",
    "float64",
}


class ContainerFormat(NamedTuple):
    """Maximum sizes of a blob's parts, and whether it has a checksum."""

    array_bytes: int
    """Bytes of all arrays together."""
    header_bytes: int
    """Bytes of the safetensors header, which contains the JSON."""
    json_bytes: int
    arrays: int
    """Number of arrays."""
    checksum: bool = False
    """True if a checksum detects bytes that were damaged on disk."""


FILE_FORMAT = ContainerFormat(
    array_bytes=64 * 2**20,
    header_bytes=64 * 2**20,
    json_bytes=48 * 2**20,
    arrays=2**16,
    checksum=True,
)
"""The format of files: a run cannot send more than 64 MB in all."""


def write_container(
    structure: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], form: ContainerFormat
) -> bytes:
    """Serialize a JSON object and arrays.

    Raises:
        UnreadableError: They are larger than the reader accepts.
    """
    text = json.dumps(structure, allow_nan=False, separators=(",", ":"))
    if len(text) > form.json_bytes or len(arrays) > form.arrays:
        raise UnreadableError("it has too many parts")
    if sum(array.nbytes for array in arrays.values()) > form.array_bytes:
        raise UnreadableError(_larger_than(form.array_bytes))
    dense: Arrays = {
        name: np.ascontiguousarray(array).reshape(array.shape) for name, array in arrays.items()
    }
    if form.checksum:
        dense[_CHECKSUM] = np.array(_checksum(text, dense), dtype=np.uint32)
    data: bytes = save(dense, metadata={_STRUCTURE: text})
    if _HEADER_SIZE.unpack_from(data)[0] > form.header_bytes:
        raise UnreadableError("it has too many parts")
    return data


def read_container(data: bytes, form: ContainerFormat) -> tuple[dict[str, Any], Arrays]:
    """Parse what `write_container` returns. The arrays must not be written to.

    Raises:
        UnreadableError: The bytes have another format, or are too large.
    """
    limit = form.array_bytes + form.header_bytes
    if len(data) > limit + _HEADER_SIZE.size:
        raise UnreadableError(_larger_than(limit))
    with parsing():
        return _read(data, form)


def _read(data: bytes, form: ContainerFormat) -> tuple[dict[str, Any], Arrays]:
    (size,) = _HEADER_SIZE.unpack_from(data)
    if size > form.header_bytes:
        raise UnreadableError("its header is too large")
    header = _parse_object(data[_HEADER_SIZE.size : _HEADER_SIZE.size + size])
    metadata = checked(header.pop(_METADATA), dict)
    if len(header) > form.arrays:
        raise UnreadableError("it holds too many arrays")
    text = checked(metadata[_STRUCTURE], str)
    if len(text) > form.json_bytes:
        raise UnreadableError("its JSON is too large")
    structure = _parse_object(text)
    arrays: Arrays = load(data)
    for array in arrays.values():
        if array.dtype.name not in _DTYPES:
            raise UnreadableError(f"its dtype {array.dtype.name} is not supported")
    if form.checksum and arrays.pop(_CHECKSUM).tolist() != _checksum(text, arrays):
        raise UnreadableError("its checksum is wrong")
    return structure, arrays


def _checksum(text: str, arrays: Arrays) -> int:
    """Return the CRC-32 of the JSON and of all arrays with their names, dtypes and shapes."""
    value = zlib.crc32(text.encode())
    for name, array in sorted(arrays.items()):
        value = zlib.crc32(f"{name} {array.dtype.name} {array.shape}".encode(), value)
        value = zlib.crc32(array.tobytes(), value)
    return value


def _larger_than(size: int) -> str:
    return f"it is larger than {size // 2**20} MB"


def _parse_object(text: str | bytes) -> dict[str, Any]:
    parsed = json.loads(
        text, object_pairs_hook=_reject_duplicate_keys, parse_constant=_reject_constant
    )
    return checked(parsed, dict)


def _reject_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableError("its JSON repeats a key")
    return found


def _reject_constant(constant: str) -> NoReturn:
    raise UnreadableError(f"{constant} is no number")
