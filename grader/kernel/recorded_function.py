"""A recorded function in a student's namespace: answers known calls, passes on all others."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from grader.protocol.values import (
    Group,
    Nothing,
    Numbers,
    RecordedCall,
    Recording,
    Table,
    Text,
    Value,
)


class StandIn:
    """Plays back a recording in place of the student's own function.

    A call it has no record of goes to the student's function, so a solution that calls it
    in a way of its own is still judged on what it does.
    """

    def __init__(self, recording: Recording, own: Callable[..., Any] | None, device: str) -> None:
        """Keep the rows, the student's function to fall back on, and where tensors go."""
        self._recording = recording
        self._own = own
        self._device = device
        self._unseeded = count()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Answer from the record, or ask the student's function."""
        names = list(self._recording.parameters)
        bound = {**self._recording.parameters, **dict(zip(names, args, strict=False)), **kwargs}
        known = self._known(bound) if len(args) <= len(names) else None
        if known is None:
            return self._fall_back(*args, **kwargs)
        answers = [decode(value, self._device) for value in known]
        return answers[0] if len(answers) == 1 else torch.cat(answers)

    def _known(self, bound: Mapping[str, Any]) -> list[Value] | None:
        """The recorded answers to a call: one, or one a row of a batch; None if one is missing."""
        batch = self._recording.batch
        rows = bound.get(batch) if batch is not None else None
        calls = [bound]
        if isinstance(rows, torch.Tensor) and rows.ndim > 1:
            calls = [{**bound, str(batch): rows[i : i + 1]} for i in range(len(rows))]
        known = []
        for call in calls:
            matching = [row for row in self._recording.rows if self._matches(row, call)]
            if not matching:
                return None
            known.append(self._turn(matching, call).result)
        return known or None

    def _matches(self, row: RecordedCall, bound: Mapping[str, Any]) -> bool:
        return all(
            name == self._recording.cycle or _equal(bound.get(name), value)
            for name, value in row.arguments.items()
        )

    def _turn(self, rows: list[RecordedCall], bound: Mapping[str, Any]) -> RecordedCall:
        cycle = self._recording.cycle
        if cycle is None:
            return rows[0]
        asked = bound.get(cycle)
        turn = int(asked) if isinstance(asked, int | np.integer) else next(self._unseeded)
        return rows[turn % len(rows)]

    def _fall_back(self, *args: Any, **kwargs: Any) -> Any:
        if self._own is None:
            raise NameError(f"name {self._recording.replaces!r} is not defined")
        return self._own(*args, **kwargs)


def decode(value: Value, device: str) -> Any:  # noqa: PLR0911 (one a kind of value)
    """Turn a value back into what a function would have returned."""
    match value:
        case Numbers(kind="tensor", array=array):
            return torch.from_numpy(np.array(array)).to(device)
        case Numbers(kind="ndarray", array=array):
            return np.array(array)
        case Numbers(array=array):
            return array.tolist()
        case Group(kind=kind, items=items):
            parts = [decode(item, device) for item in items]
            return tuple(parts) if kind == "tuple" else parts
        case Table(entries=entries):
            return {name: decode(entry, device) for name, entry in entries.items()}
        case Text(text=text):
            return text
        case Nothing():
            return None


def _equal(argument: Any, recorded: Value) -> bool:
    if isinstance(recorded, Nothing):
        return argument is None
    if isinstance(recorded, Text):
        return type(argument) is str and argument == recorded.text
    if not isinstance(recorded, Numbers):
        return False
    try:
        return bool(np.array_equal(_plain(argument), recorded.array))
    except (TypeError, ValueError, RuntimeError):
        return False


def _plain(argument: Any) -> NDArray[Any]:
    if isinstance(argument, torch.Tensor):
        return argument.detach().cpu().numpy()
    return np.asarray(argument)
