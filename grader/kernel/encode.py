"""Encodes student objects as values.

Only exact types are read, sizes are checked before contents, and no method that a student could
have defined is called.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from grader.kernel.figure_data import heatmaps_of_figure
from grader.protocol.encoding import MAX_DEPTH, MAX_VALUE_BYTES
from grader.protocol.json_fields import UnreadableError
from grader.protocol.values import (
    ArrayKind,
    ArrayValue,
    DictValue,
    NoneValue,
    SequenceValue,
    TextValue,
    Value,
)

_MAX_LEAVES = 2**16
_MAX_ITEMS = 64
_MAX_EXACT_INTEGER = 2**53
_NUMERIC_DTYPE_KINDS = "biuf"
_TORCH_DTYPES = frozenset(
    {torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.bool, torch.uint8}
    | {torch.int8, torch.int16, torch.int32, torch.int64}
)


def encode(thing: Any, depth: int = 0) -> Value:
    """Encode what a function returned as a value.

    Raises:
        UnreadableError: The object cannot be represented as a value; the message says what it is.
    """
    if depth > MAX_DEPTH:
        raise UnreadableError("it is nested too deeply")
    kind = type(thing)
    if thing is None:
        return NoneValue()
    if kind is str:
        return TextValue(text=thing)
    if (numbers := _encode_numbers(thing)) is not None:
        return numbers
    if kind is dict:
        return _encode_dict(thing, depth)
    if kind is list or tuple in kind.__mro__:
        return _encode_sequence(thing, depth)
    if (heatmaps := heatmaps_of_figure(thing)) is not None:
        return SequenceValue(
            kind="figure", items=tuple(ArrayValue(kind="ndarray", array=h) for h in heatmaps)
        )
    raise UnreadableError(f"it is {_with_article(kind.__name__[:60])}, which holds no numbers")


def _encode_numbers(thing: Any) -> ArrayValue | None:
    """Encode a number, tensor or array; float and int subclasses count as their plain value."""
    kind = type(thing)
    if kind is bool or kind is np.bool_:
        return ArrayValue(kind="bool", array=np.array(bool(thing)))
    if kind is torch.Tensor or kind is torch.nn.Parameter:
        return ArrayValue(kind="tensor", array=_tensor_to_array(thing))
    if kind is np.ndarray:
        return ArrayValue(kind="ndarray", array=_checked_copy(thing))
    if np.generic in kind.__mro__:
        if np.dtype(kind).kind not in _NUMERIC_DTYPE_KINDS:
            raise UnreadableError(f"it is a number of type {kind.__name__[:60]}")
        return ArrayValue(
            kind="int" if np.dtype(kind).kind in "iu" else "float",
            array=_checked_copy(np.array(thing)),
        )
    return _encode_python_number(thing)


def _encode_python_number(thing: Any) -> ArrayValue | None:
    bases = type(thing).__mro__
    if float in bases:
        return ArrayValue(kind="float", array=np.array(float.__float__(thing)))
    if int in bases:
        plain = int.__int__(thing)
        if abs(plain) > _MAX_EXACT_INTEGER:
            raise UnreadableError("it is an integer too large to compare")
        number: ArrayKind = "bool" if type(thing) is bool else "int"
        return ArrayValue(kind=number, array=np.array(plain))
    return None


def _tensor_to_array(tensor: torch.Tensor) -> NDArray[Any]:
    if (
        tensor.layout is not torch.strided
        or tensor.is_meta
        or tensor.is_quantized
        or tensor.is_nested
        or tensor.dtype not in _TORCH_DTYPES
    ):
        raise UnreadableError("it is a tensor of a kind that cannot be compared")
    if tensor.numel() * tensor.element_size() > MAX_VALUE_BYTES:
        raise UnreadableError(
            f"it is a tensor of shape {list(tensor.shape)[:8]}, too large to compare"
        )
    try:
        plain = tensor.detach().to("cpu").resolve_neg()
        if plain.dtype is torch.bfloat16:
            plain = plain.float()
        array = plain.numpy()
    except (TypeError, RuntimeError) as error:
        raise UnreadableError("it is a tensor of a kind that cannot be compared") from error
    return _checked_copy(array)


def _checked_copy(array: NDArray[Any]) -> NDArray[Any]:
    """Copy a numeric array, in C order and native byte order, after checking its size."""
    if array.dtype.kind not in _NUMERIC_DTYPE_KINDS:
        raise UnreadableError(f"it is an array of {array.dtype.name[:60]}, not of numbers")
    if array.size * array.itemsize > MAX_VALUE_BYTES:
        raise UnreadableError(
            f"it is an array of shape {list(array.shape)[:8]}, too large to compare"
        )
    if array.dtype.kind == "f" and array.itemsize > 8:  # noqa: PLR2004 (bytes of a float64)
        with np.errstate(over="ignore"):
            array = array.astype(np.float64)
    copy = np.array(array, order="C")
    return copy.astype(copy.dtype.newbyteorder("="))


def _encode_dict(thing: dict[Any, Any], depth: int) -> DictValue:
    if len(thing) > _MAX_ITEMS:
        raise UnreadableError(f"it is a dict of {len(thing)} entries")
    if any(type(key) is not str for key in thing):
        raise UnreadableError("it is a dict whose keys are not strings")
    return DictValue(entries={key: encode(value, depth + 1) for key, value in thing.items()})


def _encode_sequence(thing: Sequence[Any], depth: int) -> Value:
    """Encode a list of numbers, however nested, as one array, and a tuple as a group of items."""
    plain = list(tuple.__iter__(thing)) if isinstance(thing, tuple) else thing
    if isinstance(thing, list) or len(plain) > _MAX_ITEMS:
        array = _stack_rectangular(plain, [_MAX_LEAVES], 0)
        if array is not None:
            return ArrayValue(kind="list", array=array)
    if len(plain) > _MAX_ITEMS:
        raise UnreadableError(f"it is a list of {len(plain)} things that are not numbers")
    items = tuple(encode(item, depth + 1) for item in plain)
    return SequenceValue(kind="tuple" if isinstance(thing, tuple) else "list", items=items)


def _stack_rectangular(thing: Any, budget: list[int], depth: int) -> NDArray[np.float64] | None:
    """Stack nested lists and tuples of numbers into one array; return None if they are ragged.

    Args:
        thing: A list, tuple or number.
        budget: One number, shared by all recursive calls: entries that may still be read.
        depth: Nesting depth of `thing`.
    """
    budget[0] -= 1
    if budget[0] < 0:
        raise UnreadableError("it is a list with too many entries")
    if depth > MAX_DEPTH:
        raise UnreadableError("it is nested too deeply")
    if type(thing) is list or tuple in type(thing).__mro__:
        items = tuple.__iter__(thing) if isinstance(thing, tuple) else thing
        parts = [_stack_rectangular(item, budget, depth + 1) for item in items]
        numeric = [part for part in parts if part is not None]
        if len(numeric) < len(parts) or len({part.shape for part in numeric}) > 1:
            return None
        return np.stack(numeric) if numeric else np.zeros(0)
    numbers = _encode_numbers(thing)
    if numbers is None or numbers.kind == "bool":
        return None
    budget[0] -= numbers.array.size
    return numbers.array.astype(np.float64)


def _with_article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
