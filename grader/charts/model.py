"""One picture's numbers, ready to be drawn and small enough to be kept."""

import json
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Entry = float | None
"""A number; None where it is none."""
Matrix = tuple[tuple[Entry, ...], ...]
MOST_ROWS, MOST_COLUMNS = 64, 256
MOST_BARS = 24


class _Picture(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    criterion: str
    """The id of the criterion it belongs to."""
    title: str


class Heatmap(_Picture):
    """A matrix beside the expected one."""

    kind: Literal["heatmap"] = "heatmap"
    axes: tuple[str, str]
    answer: Matrix
    expected: Matrix | None = None
    marked: tuple[tuple[int, int], ...] = ()
    """Entries that the student named."""

    @property
    def alike(self) -> bool:
        """Whether both have the same shape, so that there is a difference to show."""
        return self.expected is not None and _shape(self.answer) == _shape(self.expected)


class Pattern(_Picture):
    """The attention pattern of a head, queries as rows."""

    kind: Literal["pattern"] = "pattern"
    name: str = "the head"
    answer: Matrix
    expected_name: str = ""
    expected: Matrix | None = None
    """Of the head that the reference found, where it may be shown."""
    target: tuple[tuple[int, int], ...] = ()
    """Where a head of the kind looked for attends: (query, key)."""


class Bars(_Picture):
    """Numbers side by side."""

    kind: Literal["bars"] = "bars"
    labels: tuple[str, ...]
    unit: str = ""
    answer: tuple[Entry, ...]
    expected: tuple[Entry, ...] | None = None


class Tokens(_Picture):
    """A sequence of tokens."""

    kind: Literal["tokens"] = "tokens"
    answer: tuple[int, ...]


Picture = Annotated[Heatmap | Pattern | Bars | Tokens, Field(discriminator="kind")]
_LIST = TypeAdapter(Annotated[tuple[Picture, ...], Field(max_length=200)])


def to_json(pictures: Iterable[Picture]) -> bytes:
    """Pictures as they are kept."""
    nodes = [picture.model_dump(mode="json") for picture in pictures]
    return json.dumps(nodes, separators=(",", ":"), allow_nan=False).encode()


def from_json(data: bytes) -> tuple[Picture, ...]:
    """Pictures that were kept; none where there is nothing to rely on."""
    try:
        return _LIST.validate_json(data)
    except ValidationError:
        return ()


def _shape(matrix: Matrix) -> tuple[int, int]:
    return len(matrix), len(matrix[0]) if matrix else 0
