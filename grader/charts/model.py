"""The data of one chart, ready to be drawn and small enough to be stored with the results."""

import json
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

MAX_ROWS, MAX_COLUMNS = 64, 256
MAX_BARS = 24

Number = float | None
"""A finite number, or None for NaN, infinity and values that are not numbers."""
Matrix = tuple[tuple[Number, ...], ...]


class _BaseChart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    criterion: str
    """Id of the criterion that the chart belongs to."""
    title: str


class Heatmap(_BaseChart):
    """A matrix beside the expected one."""

    kind: Literal["heatmap"] = "heatmap"
    axes: tuple[str, str]
    answer: Matrix
    expected: Matrix | None = None
    marked: tuple[tuple[int, int], ...] = ()
    """(row, column) of the entries that the student's answer named, such as top heads."""

    @property
    def same_shape(self) -> bool:
        """True if both matrices have the same shape, so that their difference can be drawn."""
        return self.expected is not None and _shape(self.answer) == _shape(self.expected)


class AttentionPattern(_BaseChart):
    """The attention pattern of a head, with queries as rows and keys as columns."""

    kind: Literal["pattern"] = "pattern"
    name: str = "the head"
    answer: Matrix
    expected_name: str = ""
    expected: Matrix | None = None
    """The pattern of the head that the reference found, if it may be shown."""
    target: tuple[tuple[int, int], ...] = ()
    """(query, key) of the positions that a head of this kind attends to."""


class Bars(_BaseChart):
    """A bar chart of labelled numbers."""

    kind: Literal["bars"] = "bars"
    labels: tuple[str, ...]
    unit: str = ""
    answer: tuple[Number, ...]
    expected: tuple[Number, ...] | None = None


class Tokens(_BaseChart):
    """A sequence of tokens."""

    kind: Literal["tokens"] = "tokens"
    answer: tuple[int, ...]


Chart = Annotated[Heatmap | AttentionPattern | Bars | Tokens, Field(discriminator="kind")]
_LIST = TypeAdapter(Annotated[tuple[Chart, ...], Field(max_length=200)])


def to_json(charts: Iterable[Chart]) -> bytes:
    """Serialize charts for the results folder."""
    nodes = [chart.model_dump(mode="json") for chart in charts]
    return json.dumps(nodes, separators=(",", ":"), allow_nan=False).encode()


def from_json(data: bytes) -> tuple[Chart, ...]:
    """Parse stored charts; a damaged file yields none."""
    try:
        return _LIST.validate_json(data)
    except ValidationError:
        return ()


def _shape(matrix: Matrix) -> tuple[int, int]:
    return len(matrix), len(matrix[0]) if matrix else 0
