"""The encoder turns whatever a function returns into a value, or calls it unreadable."""

import enum
from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.kernel.encode import encode
from grader.protocol.encoding import pack, unpack
from grader.protocol.json_fields import UnreadableError
from grader.protocol.values import ArrayValue, DictValue, NoneValue, SequenceValue, TextValue, Value

Pair = namedtuple("Pair", "first second")  # noqa: PYI024 (as students write them)


class Level(enum.IntEnum):
    """An int subclass."""

    LOW = 1


class FailingObject:
    """An object whose methods all raise."""

    def __iter__(self) -> Any:
        raise RuntimeError("iter")

    def __array__(self, *_: Any) -> Any:
        raise RuntimeError("array")

    def __float__(self) -> float:
        raise RuntimeError("float")

    def __len__(self) -> int:
        raise RuntimeError("len")


class MyTensor(torch.Tensor):
    """A tensor subclass."""


def cyclic() -> list[Any]:
    """Return a list, a tuple and a dict that contain each other."""
    loop: list[Any] = [1.0]
    loop.append(({"again": loop},))
    return loop


def nested(depth: int, inner: Any) -> Any:
    """Return lists nested `depth` levels deep."""
    return inner if depth == 0 else [nested(depth - 1, inner)]


dtypes = st.one_of(
    hnp.scalar_dtypes(),
    hnp.unicode_string_dtypes(),
    st.sampled_from([np.dtype("O"), np.dtype([("a", "f4")]), np.dtype("longdouble")]),
)
arrays = dtypes.flatmap(
    lambda dtype: st.tuples(
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3), st.integers(0, 3)
    ).map(lambda drawn: np.full(drawn[0], drawn[1]).astype(dtype))
)
floats = hnp.arrays(
    st.sampled_from(["float16", "float32", "float64", ">f8"]), hnp.array_shapes(max_side=3)
)
torch_dtypes = st.sampled_from(
    [
        torch.float16,
        torch.bfloat16,
        torch.float32,
        torch.int64,
        torch.uint16,
        torch.bool,
        torch.complex64,
    ]
)
tensors = st.builds(
    lambda dtype, shape: torch.ones(shape, dtype=torch.float32).to(dtype),
    torch_dtypes,
    st.lists(st.integers(0, 3), max_size=3),
)
odd = st.sampled_from(
    [
        FailingObject(),
        FailingObject,
        len,
        Level.LOW,
        {1, 2},
        {1: 2.0},
        OrderedDict(a=1),
        range(3),
        b"bytes",
        np.ma.masked_array([1.0, 2.0], [True, False]),
        np.float16(0.1),
        np.str_("text"),
        np.timedelta64(1, "s"),
        torch.zeros(2, device="meta"),
        torch.eye(2).to_sparse(),
        torch.ones(2).as_subclass(MyTensor),
        torch.nn.Parameter(torch.ones(2)),
        torch.zeros(1).expand(10**9),
        torch.float32,
        (number for number in range(3)),
        cyclic(),
        nested(50, 1.0),
        nested(50, "text"),
        [0.0] * 2**17,
        ["text"] * 100,
        {str(i): i for i in range(100)},
    ]
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**53, 2**53 + 1, -(10**400)]),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=5) | st.just("\udc80" * 400),
    arrays,
    floats,
    tensors,
    floats.map(lambda array: array.flat[0] if array.size else array),
    odd,
)
keys = st.text(max_size=3) | st.integers(0, 3)
things = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.lists(st.lists(st.floats() | st.integers(0, 9), max_size=2), max_size=3),
        st.builds(Pair, inner, inner),
        st.dictionaries(keys, inner, max_size=3),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_leaves=8,
)


def encoded(thing: Any) -> Value | None:
    """Return its value; None if it is unreadable."""
    try:
        return encode(thing)
    except UnreadableError:
        return None


@given(things)
def test_everything_is_a_value_or_unreadable(thing: Any) -> None:
    """Only UnreadableError is raised, and a value that fits a frame arrives as it was sent."""
    value = encoded(thing)
    if value is None:
        return
    try:
        data = pack(value)
    except UnreadableError:
        return
    assert repr(unpack(data)) == repr(unpack(pack(unpack(data))))
    assert type(unpack(data)) is type(value)


@given(floats)
def test_numbers_arrive_as_they_are(array: np.ndarray[Any, Any]) -> None:
    """Arrays arrive bit for bit, NaN and infinities included, in the machine's byte order."""
    back = unpack(pack(encode(array)))
    assert isinstance(back, ArrayValue)
    assert back.array.dtype == array.dtype.newbyteorder("=")
    assert np.array_equal(back.array, array, equal_nan=True)


def test_values_are_copies() -> None:
    """Later changes to an encoded object do not change its value."""
    tensor, array = torch.ones(2), np.ones(2)
    values = encode(tensor), encode(array)
    tensor += 1
    array += 1
    assert all(isinstance(value, ArrayValue) and (value.array == 1).all() for value in values)


@pytest.mark.parametrize(
    ("thing", "kind", "dtype"),
    [
        (torch.ones(2, dtype=torch.bfloat16, requires_grad=True), "tensor", "float32"),
        (torch.ones(2, dtype=torch.float16), "tensor", "float16"),
        (torch.nn.Parameter(torch.ones(2)), "tensor", "float32"),
        (torch.complex(torch.ones(2), -torch.ones(2)).conj().imag, "tensor", "float32"),
        (np.ones(2, dtype=">f4"), "ndarray", "float32"),
        (np.longdouble(1), "float", "float64"),
        (np.float16(1), "float", "float16"),
        (np.uint8(1), "int", "uint8"),
        (np.bool_(True), "bool", "bool"),
        (Level.LOW, "int", "int64"),
        (True, "bool", "bool"),
        ([1, 2.0], "list", "float64"),
        ([torch.ones(2), torch.ones(2)], "list", "float64"),
        (((1.0,),) * 65, "list", "float64"),
        ([], "list", "float64"),
    ],
)
def test_numbers_keep_their_kind(thing: Any, kind: str, dtype: str) -> None:
    """Values keep their kind and dtype; bfloat16 and types numpy cannot send are converted."""
    value = encode(thing)
    assert isinstance(value, ArrayValue)
    assert (value.kind, value.array.dtype.name) == (kind, dtype)
    assert (np.abs(value.array) == 1).all() or kind == "list"


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        (None, NoneValue),
        ("text", TextValue),
        ((1.0, 2.0), SequenceValue),
        (Pair(1, 2), SequenceValue),
        ([[1.0], [1.0, 2.0]], SequenceValue),
        ([True, False], SequenceValue),
        ([1.0, None], SequenceValue),
        ({}, DictValue),
    ],
)
def test_other_sequences_keep_their_items(thing: Any, kind: type) -> None:
    """Tuples, ragged lists and lists of bools become groups of their items."""
    assert type(encode(thing)) is kind


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        ([2**53 + 1], "it is an integer too large to compare"),
        (np.array([None]), "it is an array of object, not of numbers"),
        (np.complex64(1), "it is a number of type complex64"),
        (1j, "it is a complex, which holds no numbers"),
        ({1, 2}, "it is a set, which holds no numbers"),
        ({1: 2}, "it is a dict whose keys are not strings"),
        (OrderedDict(), "it is an OrderedDict, which holds no numbers"),
        (
            torch.zeros(1).expand(10**9),
            "it is a tensor of shape [1000000000], too large to compare",
        ),
        (torch.zeros(2, device="meta"), "it is a tensor of a kind that cannot be compared"),
        ([0.0] * 2**17, "it is a list with too many entries"),
        (["text"] * 65, "it is a list of 65 things that are not numbers"),
        ({str(i): i for i in range(65)}, "it is a dict of 65 entries"),
        (cyclic(), "it is nested too deeply"),
        (nested(50, 1.0), "it is nested too deeply"),
        (FailingObject(), "it is a FailingObject, which holds no numbers"),
    ],
)
def test_unreadable_objects_are_described(thing: Any, message: str) -> None:
    """The message tells the student what the object is, or why it is too large."""
    with pytest.raises(UnreadableError) as raised:
        encode(thing)
    assert str(raised.value) == message
