"""Values as bytes: what is written comes back, and nothing else is believed."""

import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp
from safetensors.numpy import save

from grader.protocol.encoding import (
    MAX_EXCEPTION_NAME,
    MAX_TEXT,
    PIPE_FORMAT,
    pack,
    unpack,
)
from grader.protocol.json_fields import UnreadableError
from grader.protocol.values import (
    ArrayValue,
    Failure,
    FailureKind,
    NoneValue,
    Observation,
    SequenceValue,
    TextValue,
)
from tests.builders import (
    array,
    boolean,
    figure,
    nested_list,
    number,
    parts,
    table,
    tensor,
)

KINDS = [
    tensor([1, 2], [3, 4], dtype="float16"),
    tensor(1, 2, dtype="int64"),
    array(np.zeros((0, 3))),
    nested_list([[1.0, 2.0]]),
    number(0.1),
    ArrayValue(kind="int", array=np.array(-3)),
    boolean(value=False),
    parts(tensor(1.0), TextValue(text="é"), NoneValue()),
    SequenceValue(kind="list", items=(number(1), tensor(1, 2))),
    figure([[1.0, 0.0], [0.5, 0.5]]),
    table(baseline=parts(number(1), number(2)), empty=table()),
    TextValue(text="L5H1"),
    NoneValue(),
    Failure(kind="raised", ename="ValueError", message="no 'model'"),
]
NUMBERS = {"kind": "tensor", "array": "0"}
ONE_ARRAY = {"0": {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]}}


def raw(structure: object, body: bytes | None = None) -> bytes:
    """Build bytes in the layout of `pack` whose JSON is arbitrary: an object, or its text."""
    text = structure if isinstance(structure, str) else json.dumps(structure)
    if body is None:
        return bytes(save({"0": np.ones(2)}, metadata={"structure": text}))
    return with_header(f'{{"__metadata__":{{"structure":{json.dumps(text)}}}', body)


def with_header(start: str, body: bytes) -> bytes:
    """Put the beginning of a header before the entries of a safetensors blob."""
    size = int.from_bytes(body[:8], "little")
    entries = body[9 : 8 + size].decode("utf-8", "surrogateescape").lstrip()
    joined = start + ("" if entries.startswith("}") else ",") + entries
    return blob(joined.encode("utf-8", "surrogateescape"), body[8 + size :])


def blob(header: bytes, data: bytes = b"") -> bytes:
    """Build a safetensors blob from its header and its data."""
    return struct.pack("<Q", len(header)) + header + data


@pytest.mark.parametrize("observation", KINDS, ids=lambda o: type(o).__name__)
def test_every_kind_comes_back(observation: Observation) -> None:
    """A value read is the value written: kinds, dtypes, shapes, structure, order of keys."""
    back = unpack(pack(observation))
    assert repr(back) == repr(observation)


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)))
def test_float64_is_exact(entries: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    """Every bit of a float64 survives, NaN and infinities included."""
    back = unpack(pack(ArrayValue(kind="ndarray", array=entries)))
    assert isinstance(back, ArrayValue)
    assert back.array.dtype == np.float64
    assert back.array.shape == entries.shape
    assert back.array.tobytes() == entries.tobytes()


def test_strided_arrays_are_packed_by_their_entries() -> None:
    """A transposed array arrives transposed."""
    entries = np.arange(6.0).reshape(2, 3).T
    back = unpack(pack(ArrayValue(kind="ndarray", array=entries)))
    assert isinstance(back, ArrayValue)
    assert np.array_equal(back.array, entries)


def test_text_is_cut() -> None:
    """No text is longer than the limit."""
    assert unpack(pack(TextValue(text="x" * 1000))) == TextValue(text="x" * MAX_TEXT)


def test_too_many_parts_are_refused_by_the_writer() -> None:
    """A structure over the limit of its JSON is not written at all."""
    with pytest.raises(UnreadableError, match="too many parts"):
        pack(parts(*[number(1)] * 400))


def test_too_large_arrays_are_refused_by_the_writer() -> None:
    """Numbers over the limit are not written."""
    with pytest.raises(UnreadableError, match="larger than 16 MB"):
        pack(array(np.zeros(2**21 + 1)))


def test_the_largest_value_fits() -> None:
    """A value exactly at the limit is written and read."""
    assert isinstance(unpack(pack(array(np.zeros(2**21)))), ArrayValue)


@pytest.mark.parametrize("size", [0, 3, 4, 10, 30, -1])
def test_cut_short_is_refused(size: int) -> None:
    """Part of the bytes is no value."""
    with pytest.raises(UnreadableError):
        unpack(pack(tensor(1.0, 2.0))[:size])


def test_sizes_are_capped_before_anything_is_parsed() -> None:
    """Bytes, a header or JSON larger than the limit are refused by their size."""
    with pytest.raises(UnreadableError, match="larger than 16 MB"):
        unpack(bytes(17 * 2**20))
    with pytest.raises(UnreadableError, match="header is too large"):
        unpack(struct.pack("<Q", 2**63) + b"{}")
    with pytest.raises(UnreadableError, match="JSON is too large"):
        unpack(raw(" " * PIPE_FORMAT.json_bytes + '{"kind":"none"}'))
    empty = {str(i): {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]} for i in range(1500)}
    with pytest.raises(UnreadableError, match="header is too large"):
        unpack(raw({"kind": "none"}, blob(json.dumps(empty).encode())))


@pytest.mark.parametrize(
    "structure",
    [
        '{"kind":"none","kind":"text","text":"x"}',
        "not JSON",
        "[" * 3000,
        '{"kind": NaN}',
        [],
        None,
        {},
        {"kind": "pickle"},
        {"kind": ["tensor"]},
        {"kind": "tensor", "array": "1"},
        {"kind": "tensor", "array": ["0"]},
        {"kind": "float", "array": "0"},
        {"kind": "group", "of": "set", "items": []},
        {"kind": "group", "of": "tuple", "items": "ab"},
        {"kind": "dict", "entries": [1]},
        {"kind": "dict", "entries": {"a": 1}},
        {"kind": "text", "text": 1},
        {"kind": "error", "of": "passed", "ename": "", "message": ""},
        {"kind": "error", "of": "raised"},
        {"kind": "error", "of": "raised", "ename": 1, "message": ""},
        {"kind": "group", "of": "tuple", "items": [{"kind": "error", "of": "raised"}]},
    ],
)
def test_odd_structure_is_refused(structure: object) -> None:
    """Whatever `pack` does not write is unreadable: kinds, repeats, failures inside values."""
    with pytest.raises(UnreadableError):
        unpack(raw(structure))


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 3000,
        b'{"__metadata__":{}}',
        b'{"__metadata__":{"structure":1}}',
        b'{"__metadata__":"structure"}',
        b'{"__metadata__":{"structure":"{\\"kind\\":\\"none\\"}"},"__metadata__":{}}',
    ],
)
def test_an_odd_header_is_refused(header: bytes) -> None:
    """A header without the JSON of a value, or with a repeated key, is unreadable."""
    with pytest.raises(UnreadableError):
        unpack(blob(header))


def test_depth_is_capped() -> None:
    """Structure is nested as deep as the encoder goes and no deeper."""
    node: dict[str, Any] = NUMBERS
    for _ in range(5):
        node = {"kind": "group", "of": "tuple", "items": [node]}
    with pytest.raises(UnreadableError, match="nested too deeply"):
        unpack(raw(node))
    assert isinstance(unpack(raw(node["items"][0])), SequenceValue)


@pytest.mark.parametrize(
    "body",
    [
        blob(b'{"0":{"dtype":"F64","shape":[4],"data_offsets":[0,16]}}', bytes(16)),
        blob(b'{"0":{"dtype":"F64","shape":[9223372036854775807],"data_offsets":[0,8]}}', bytes(8)),
        blob(b'{"0":{"dtype":"F64","shape":[2],"data_offsets":[8,24]}}', bytes(24)),
        blob(b'{"0":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}', bytes(4)),
        blob(b'{"0":{"dtype":"O","shape":[1],"data_offsets":[0,8]}}', bytes(8)),
        blob(json.dumps(ONE_ARRAY).encode(), bytes(16)) + b"trailing",
        blob(b'{"0":1}'),
        blob(b"{}"),
    ],
)
def test_lying_numbers_are_refused(body: bytes) -> None:
    """Shapes, offsets and dtypes that do not fit the bytes are unreadable, BF16 among them."""
    assert isinstance(
        unpack(raw(NUMBERS, blob(json.dumps(ONE_ARRAY).encode(), bytes(16)))), ArrayValue
    )
    with pytest.raises(UnreadableError):
        unpack(raw(NUMBERS, body))


@pytest.mark.parametrize(
    "kind", ["missing", "not_attempted", "raised", "timed_out", "unreadable", "kernel_died"]
)
def test_failures_come_back(kind: FailureKind) -> None:
    """Each kind of failure comes back, its texts cut to size."""
    back = unpack(pack(Failure(kind=kind, ename="E" * 99, message="m" * 999)))
    assert back == Failure(kind=kind, ename="E" * MAX_EXCEPTION_NAME, message="m" * MAX_TEXT)
