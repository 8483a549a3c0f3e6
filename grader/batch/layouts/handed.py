"""What one student handed in, as a layout tells it: no notebook is chosen yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from grader.batch.entries import Entry, Tops


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """Files, and whose they are."""

    student: str
    """The platform's id, or else a folder's or file's name; two may have the same one."""
    name: str
    entries: tuple[Entry, ...]
    """Named from the student's folder."""
    place: str
    """The top-level file or folder it lay in (the first of them), which tells two apart."""
    platform: bool = False
    """Whether a platform's own names tell that it was handed in, whatever it is."""
    late: bool = False
    submitted: datetime | None = None
    refusal: str | None = None
    """Why it cannot be graded, where the layout knows."""
    notes: tuple[str, ...] = ()


class Told(NamedTuple):
    """What a platform's names tell, and what they do not name."""

    handed: tuple[Handed, ...]
    rest: Tops
