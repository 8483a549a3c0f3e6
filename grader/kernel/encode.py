"""Student objects to values: exact types, sizes before contents, nothing of theirs is called."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from grader.kernel.figure_data import heatmaps_of_figure
from grader.protocol.encoding import MAX_DEPTH, MAX_VALUE_BYTES, UnreadableError
from grader.protocol.values import Group, Nothing, Numbers, NumbersKind, Table, Text, Value

_MAX_LEAVES = 2**16
_MAX_ITEMS = 64
_EXACT_INTEGER = 2**53
_NUMBER_DTYPES = "biuf"
_DTYPES = frozenset(
    {torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.bool, torch.uint8}
    | {torch.int8, torch.int16, torch.int32, torch.int64}
)


def encode(thing: Any, depth: int = 0) -> Value:
    """Turn what a function returned into a value.

    Raises:
        UnreadableError: There is no value for it; says what it is.
    """
    if depth > MAX_DEPTH:
        raise UnreadableError("it is nested too deeply")
    kind = type(thing)
    if thing is None:
        return Nothing()
    if kind is str:
        return Text(text=thing)
    if (numbers := _numbers(thing)) is not None:
        return numbers
    if kind is dict:
        return _table(thing, depth)
    if kind is list or tuple in kind.__mro__:
        return _group(thing, depth)
    if (heatmaps := heatmaps_of_figure(thing)) is not None:
        return Group(kind="figure", items=tuple(Numbers(kind="ndarray", array=h) for h in heatmaps))
    raise UnreadableError(f"it is {_article(kind.__name__[:60])}, which holds no numbers")


def _numbers(thing: Any) -> Numbers | None:
    """A number, tensor or array; subclasses of float and int count as their plain value."""
    kind = type(thing)
    if kind is bool or kind is np.bool_:
        return Numbers(kind="bool", array=np.array(bool(thing)))
    if kind is torch.Tensor or kind is torch.nn.Parameter:
        return Numbers(kind="tensor", array=_tensor(thing))
    if kind is np.ndarray:
        return Numbers(kind="ndarray", array=_array(thing))
    if np.generic in kind.__mro__:
        if np.dtype(kind).kind not in _NUMBER_DTYPES:
            raise UnreadableError(f"it is a number of type {kind.__name__[:60]}")
        return Numbers(
            kind="int" if np.dtype(kind).kind in "iu" else "float", array=_array(np.array(thing))
        )
    return _python_number(thing)


def _python_number(thing: Any) -> Numbers | None:
    bases = type(thing).__mro__
    if float in bases:
        return Numbers(kind="float", array=np.array(float.__float__(thing)))
    if int in bases:
        plain = int.__int__(thing)
        if abs(plain) > _EXACT_INTEGER:
            raise UnreadableError("it is an integer too large to compare")
        number: NumbersKind = "bool" if type(thing) is bool else "int"
        return Numbers(kind=number, array=np.array(plain))
    return None


def _tensor(tensor: torch.Tensor) -> NDArray[Any]:
    if (
        tensor.layout is not torch.strided
        or tensor.is_meta
        or tensor.is_quantized
        or tensor.is_nested
        or tensor.dtype not in _DTYPES
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
    return _array(array)


def _array(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind not in _NUMBER_DTYPES:
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


def _table(thing: dict[Any, Any], depth: int) -> Table:
    if len(thing) > _MAX_ITEMS:
        raise UnreadableError(f"it is a dict of {len(thing)} entries")
    if any(type(key) is not str for key in thing):
        raise UnreadableError("it is a dict whose keys are not strings")
    return Table(entries={key: encode(value, depth + 1) for key, value in thing.items()})


def _group(thing: Sequence[Any], depth: int) -> Value:
    """A list of numbers, however nested, becomes one array; a tuple keeps its parts."""
    plain = list(tuple.__iter__(thing)) if isinstance(thing, tuple) else thing
    if isinstance(thing, list) or len(plain) > _MAX_ITEMS:
        array = _rectangle(plain, [_MAX_LEAVES], 0)
        if array is not None:
            return Numbers(kind="list", array=array)
    if len(plain) > _MAX_ITEMS:
        raise UnreadableError(f"it is a list of {len(plain)} things that are not numbers")
    items = tuple(encode(item, depth + 1) for item in plain)
    return Group(kind="tuple" if isinstance(thing, tuple) else "list", items=items)


def _rectangle(thing: Any, leaves: list[int], depth: int) -> NDArray[np.float64] | None:
    """Stack nested lists and tuples of numbers into one array; None when they are ragged."""
    leaves[0] -= 1
    if leaves[0] < 0:
        raise UnreadableError("it is a list with too many entries")
    if depth > MAX_DEPTH:
        raise UnreadableError("it is nested too deeply")
    if type(thing) is list or tuple in type(thing).__mro__:
        items = tuple.__iter__(thing) if isinstance(thing, tuple) else thing
        parts = [_rectangle(item, leaves, depth + 1) for item in items]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts) or len({part.shape for part in known}) > 1:
            return None
        return np.stack(known) if known else np.zeros(0)
    numbers = _numbers(thing)
    if numbers is None or numbers.kind == "bool":
        return None
    leaves[0] -= numbers.array.size
    return numbers.array.astype(np.float64)


def _article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
