"""What a cell displayed, as the student's process tells it: kinds and texts, not believed."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

# MERGED: A traceback cut down to the student's own code: where it happened, and nothing of libraries.
_MOST_OUTPUT = 200


class Displayed(BaseModel):
    """One output of a cell."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["stream", "error", "display_data", "execute_result"]
    texts: Annotated[Mapping[str, str], Field(max_length=20)]
    """Of a stream by its name, of an error by what it is, of a display by its media type."""


_LIST = TypeAdapter(Annotated[list[Displayed], Field(max_length=_MOST_OUTPUT)])


def read_displayed(payload: bytes) -> list[Displayed]:
    """Read one cell's outputs; nothing where they are not what they should be.

    Args:
        payload: JSON of the driver's.
    """
    try:
        return _LIST.validate_json(payload)
    except ValidationError:
        return []


_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_OWN = re.compile(r"\s*Cell In\[\d+\], (line \d+)(.*)")
_OTHER = re.compile(r"\s*File ")
_MOST_FRAMES = 4
_WIDEST = 200
_LONGEST_TRACEBACK = 3000
_READ = 2**18


def traceback_of(outputs: bytes) -> str:
    """The frames of a cell's error that lie in the notebook, innermost last; may be empty.

    Args:
        outputs: What the cell displayed, as the driver sent it.
    """
    errors = [one for one in read_displayed(outputs) if one.kind == "error"]
    return own_frames(errors[-1].texts.get("traceback", "")) if errors else ""


def own_frames(traceback: str) -> str:
    """What of IPython's traceback shows cells, without colours.

    Args:
        traceback: Its whole text; of a very long one only the end counts.
    """
    frames: list[list[str]] = []
    within = False
    for text in _COLOUR.sub("", traceback[-_READ:]).split("\n"):
        if found := _OWN.match(text):
            frames.append([f"{found[1]}{found[2]}:"])
        within = bool(found) or (within and bool(text.strip()) and not _OTHER.match(text))
        if within and not found:
            frames[-1].append(text.rstrip()[:_WIDEST])
    return "\n".join(text for frame in frames[-_MOST_FRAMES:] for text in frame)[
        :_LONGEST_TRACEBACK
    ]
