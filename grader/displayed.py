"""What a cell displayed, as the student's process tells it: kinds and texts, not believed."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

_MOST = 200


class Displayed(BaseModel):
    """One output of a cell."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["stream", "error", "display_data", "execute_result"]
    texts: Annotated[Mapping[str, str], Field(max_length=20)]
    """Of a stream by its name, of an error by what it is, of a display by its media type."""


_LIST = TypeAdapter(Annotated[list[Displayed], Field(max_length=_MOST)])


def read_displayed(payload: bytes) -> list[Displayed]:
    """Read one cell's outputs; nothing where they are not what they should be.

    Args:
        payload: JSON of the driver's.
    """
    try:
        return _LIST.validate_json(payload)
    except ValidationError:
        return []
