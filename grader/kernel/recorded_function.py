"""A recorded function in a student's namespace: replays recorded calls, forwards all others."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from grader.protocol.values import (
    ArrayValue,
    DictValue,
    NoneValue,
    RecordedCall,
    Recording,
    SequenceValue,
    TextValue,
    Value,
)


class RecordedFunction:
    """Replays a recording in place of the student's own function.

    Calls that were not recorded go to the student's function, so a solution that calls it
    differently is still judged on what it does.
    """

    def __init__(
        self, recording: Recording, original: Callable[..., Any] | None, device: str
    ) -> None:
        """Create the replacement.

        Args:
            recording: The recorded calls.
            original: The student's own function, if there is one.
            device: Torch device of the returned tensors.
        """
        self._recording = recording
        self._original = original
        self._device = device
        self._unseeded = count()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the recorded result, or call the student's function."""
        names = list(self._recording.parameters)
        bound = {**self._recording.parameters, **dict(zip(names, args, strict=False)), **kwargs}
        recorded = self._recorded_results(bound) if len(args) <= len(names) else None
        if recorded is None:
            return self._call_original(*args, **kwargs)
        results = [decode(value, self._device) for value in recorded]
        return results[0] if len(results) == 1 else torch.cat(results)

    def _recorded_results(self, bound: Mapping[str, Any]) -> list[Value] | None:
        """Return the recorded result of a call, one per row of a batch; None if any is missing."""
        batch = self._recording.batch
        rows = bound.get(batch) if batch is not None else None
        calls = [bound]
        if isinstance(rows, torch.Tensor) and rows.ndim > 1:
            calls = [{**bound, str(batch): rows[i : i + 1]} for i in range(len(rows))]
        results = []
        for call in calls:
            matching = [row for row in self._recording.rows if self._matches(row, call)]
            if not matching:
                return None
            results.append(self._select(matching, call).result)
        return results or None

    def _matches(self, row: RecordedCall, bound: Mapping[str, Any]) -> bool:
        return all(
            name == self._recording.cycle or _is_equal(bound.get(name), value)
            for name, value in row.arguments.items()
        )

    def _select(self, rows: list[RecordedCall], bound: Mapping[str, Any]) -> RecordedCall:
        """Select among calls that differ only in the cycled argument, such as a seed.

        A call that leaves the argument out gets the next row in turn.
        """
        cycle = self._recording.cycle
        if cycle is None:
            return rows[0]
        value = bound.get(cycle)
        index = int(value) if isinstance(value, int | np.integer) else next(self._unseeded)
        return rows[index % len(rows)]

    def _call_original(self, *args: Any, **kwargs: Any) -> Any:
        if self._original is None:
            raise NameError(f"name {self._recording.replaces!r} is not defined")
        return self._original(*args, **kwargs)


def decode(value: Value, device: str) -> Any:  # noqa: PLR0911 (one return per kind of value)
    """Decode a value into the object that a function would have returned."""
    match value:
        case ArrayValue(kind="tensor", array=array):
            return torch.from_numpy(np.array(array)).to(device)
        case ArrayValue(kind="ndarray", array=array):
            return np.array(array)
        case ArrayValue(array=array):
            return array.tolist()
        case SequenceValue(kind=kind, items=items):
            parts = [decode(item, device) for item in items]
            return tuple(parts) if kind == "tuple" else parts
        case DictValue(entries=entries):
            return {name: decode(entry, device) for name, entry in entries.items()}
        case TextValue(text=text):
            return text
        case NoneValue():
            return None


def _is_equal(argument: Any, recorded: Value) -> bool:
    if isinstance(recorded, NoneValue):
        return argument is None
    if isinstance(recorded, TextValue):
        return type(argument) is str and argument == recorded.text
    if not isinstance(recorded, ArrayValue):
        return False
    try:
        return bool(np.array_equal(_to_array(argument), recorded.array))
    except (TypeError, ValueError, RuntimeError):
        return False


def _to_array(argument: Any) -> NDArray[Any]:
    if isinstance(argument, torch.Tensor):
        return argument.detach().cpu().numpy()
    return np.asarray(argument)
