"""Values as bytes: what is written comes back, and nothing else is believed."""

import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp
from safetensors.numpy import save

from grader.protocol.encoding import MAX_MANIFEST_BYTES, MAX_TEXT, UnreadableError, pack, unpack
from grader.protocol.values import Failure, FailureKind, Group, Nothing, Numbers, Observation, Text
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
    Numbers(kind="int", array=np.array(-3)),
    boolean(value=False),
    parts(tensor(1.0), Text(text="é"), Nothing()),
    Group(kind="list", items=(number(1), tensor(1, 2))),
    figure([[1.0, 0.0], [0.5, 0.5]]),
    table(baseline=parts(number(1), number(2)), empty=table()),
    Text(text="L5H1"),
    Nothing(),
    Failure(kind="raised", ename="ValueError", message="no 'model'"),
]


def raw(manifest: object, body: bytes | None = None) -> bytes:
    """Bytes in the layout of `pack`, whatever they say."""
    text = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    return struct.pack("<I", len(text)) + text + (save({"0": np.ones(2)}) if body is None else body)


def header(text: bytes, data: bytes = b"") -> bytes:
    """A safetensors body with this header."""
    return struct.pack("<Q", len(text)) + text + data


@pytest.mark.parametrize("observation", KINDS, ids=lambda o: type(o).__name__)
def test_every_kind_comes_back(observation: Observation) -> None:
    """A value read is the value written: kinds, dtypes, shapes, structure, order of keys."""
    back = unpack(pack(observation))
    assert repr(back) == repr(observation)


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)))
def test_float64_is_exact(entries: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    """Every bit of a float64 survives, NaN and infinities included."""
    back = unpack(pack(Numbers(kind="ndarray", array=entries)))
    assert isinstance(back, Numbers)
    assert back.array.dtype == np.float64
    assert back.array.shape == entries.shape
    assert back.array.tobytes() == entries.tobytes()


def test_strided_arrays_are_packed_by_their_entries() -> None:
    """A transposed array arrives transposed."""
    entries = np.arange(6.0).reshape(2, 3).T
    back = unpack(pack(Numbers(kind="ndarray", array=entries)))
    assert isinstance(back, Numbers)
    assert np.array_equal(back.array, entries)


def test_text_is_cut() -> None:
    """No text is longer than the cap."""
    assert unpack(pack(Text(text="x" * 1000))) == Text(text="x" * MAX_TEXT)


def test_too_many_parts_are_refused_by_the_writer() -> None:
    """A structure over the manifest's cap is not written at all."""
    with pytest.raises(UnreadableError, match="too many parts"):
        pack(parts(*[number(1)] * 400))


def test_too_large_arrays_are_refused_by_the_writer() -> None:
    """Numbers over the cap are not written."""
    with pytest.raises(UnreadableError, match="larger than 16 MB"):
        pack(array(np.zeros(2**21 + 1)))


@pytest.mark.parametrize("size", [0, 3, 4, 10, 30, -1])
def test_cut_short_is_refused(size: int) -> None:
    """Part of the bytes is no value."""
    with pytest.raises(UnreadableError):
        unpack(pack(tensor(1.0, 2.0))[:size])


def test_sizes_are_capped_before_anything_is_parsed() -> None:
    """A manifest, header or whole larger than the cap is refused by its announced length."""
    with pytest.raises(UnreadableError, match="manifest is too large"):
        unpack(struct.pack("<I", MAX_MANIFEST_BYTES + 1) + b"{}")
    with pytest.raises(UnreadableError, match="header is too large"):
        unpack(raw({"kind": "none"}, struct.pack("<Q", 2**63)))
    with pytest.raises(UnreadableError, match="too large"):
        unpack(bytes(17 * 2**20))


NUMBERS = {"kind": "tensor", "array": "0"}


@pytest.mark.parametrize(
    "manifest",
    [
        b'{"kind":"none","kind":"text","text":"x"}',
        b"not JSON",
        b"\xff\xfe",
        b"[" * 3000,
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
        {"kind": "error", "of": "passed", "ename": "", "message": ""},
        {"kind": "error", "of": "raised"},
        {"kind": "group", "of": "tuple", "items": [{"kind": "error", "of": "raised"}]},
    ],
)
def test_odd_structure_is_refused(manifest: object) -> None:
    """Whatever `pack` does not write is unreadable: kinds, repeats, failures inside values."""
    with pytest.raises(UnreadableError):
        unpack(raw(manifest))


def test_depth_is_capped() -> None:
    """Structure is nested as deep as the encoder goes and no deeper."""
    node: dict[str, Any] = NUMBERS
    for _ in range(5):
        node = {"kind": "group", "of": "tuple", "items": [node]}
    with pytest.raises(UnreadableError, match="nested too deeply"):
        unpack(raw(node))
    assert isinstance(unpack(raw(node["items"][0])), Group)


@pytest.mark.parametrize(
    "body",
    [
        header(b'{"0":{"dtype":"F64","shape":[4],"data_offsets":[0,16]}}', bytes(16)),
        header(
            b'{"0":{"dtype":"F64","shape":[9223372036854775807],"data_offsets":[0,8]}}', bytes(8)
        ),
        header(b'{"0":{"dtype":"F64","shape":[2],"data_offsets":[8,24]}}', bytes(24)),
        header(b'{"0":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}', bytes(4)),
        header(b'{"0":{"dtype":"O","shape":[1],"data_offsets":[0,8]}}', bytes(8)),
        header(b"{}") + b"trailing",
        b"",
    ],
)
def test_lying_numbers_are_refused(body: bytes) -> None:
    """Shapes, offsets and dtypes that do not fit the bytes are unreadable, BF16 among them."""
    with pytest.raises(UnreadableError):
        unpack(raw(NUMBERS, body))


@pytest.mark.parametrize(
    "kind", ["missing", "not_attempted", "raised", "timed_out", "unreadable", "kernel_died"]
)
def test_failures_come_back(kind: FailureKind) -> None:
    """Each kind of failure is itself again, its words cut to size."""
    back = unpack(pack(Failure(kind=kind, ename="E" * 99, message="m" * 999)))
    assert back == Failure(kind=kind, ename="E" * 60, message="m" * MAX_TEXT)
