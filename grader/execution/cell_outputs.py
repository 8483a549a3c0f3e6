"""Parses what a cell displayed, and cuts tracebacks down to the student's own code.

Both come from the student's process and are not trusted.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

_MAX_OUTPUTS = 200
_MAX_FRAMES = 4
_MAX_LINE = 200
_MAX_TRACEBACK = 3000
_MAX_PARSED = 2**18
"""Length of the traceback's end that is parsed."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CELL_FRAME = re.compile(r"\s*Cell In\[\d+\], (line \d+)(.*)")
_FILE_FRAME = re.compile(r"\s*File ")


class CellOutput(BaseModel):
    """One output of a cell."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["stream", "error", "display_data", "execute_result"]
    texts: Annotated[Mapping[str, str], Field(max_length=20)]
    """A stream's text by the stream's name, an error's parts by their names, a display's
    representations by their media types."""


_OUTPUTS = TypeAdapter(Annotated[list[CellOutput], Field(max_length=_MAX_OUTPUTS)])


def parse_outputs(payload: bytes) -> list[CellOutput]:
    """Parse one cell's outputs, JSON sent by the driver; malformed ones are dropped altogether."""
    try:
        return _OUTPUTS.validate_json(payload)
    except ValidationError:
        return []


def student_traceback(outputs: bytes) -> str:
    """Return the notebook's own frames of a cell's error, innermost last; may be empty.

    Args:
        outputs: The cell's outputs, as the driver sent them.
    """
    errors = [output for output in parse_outputs(outputs) if output.kind == "error"]
    return student_frames(errors[-1].texts.get("traceback", "")) if errors else ""


def student_frames(traceback: str) -> str:
    """Return the frames of an IPython traceback that lie in cells, without colours.

    Args:
        traceback: The whole text; only the end of a very long one is parsed.
    """
    frames: list[list[str]] = []
    in_cell = False
    for text in _COLOUR.sub("", traceback[-_MAX_PARSED:]).split("\n"):
        if match := _CELL_FRAME.match(text):
            frames.append([f"{match[1]}{match[2]}:"])
        in_cell = bool(match) or (in_cell and bool(text.strip()) and not _FILE_FRAME.match(text))
        if in_cell and not match:
            frames[-1].append(text.rstrip()[:_MAX_LINE])
    lines = (text for frame in frames[-_MAX_FRAMES:] for text in frame)
    return "\n".join(lines)[:_MAX_TRACEBACK]
