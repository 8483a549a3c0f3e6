"""One submission of a batch, as it was found."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from grader.batch.discovery.source import Entry, Tops
from grader.errors import SubmissionError
from grader.rubric.model import Limits
from grader.submission.read import read_bytes


# MERGED: A submission with its bytes in hand, read once: what is graded is what its digest is of.
# MERGED: What one student handed in, as a layout tells it: no notebook is chosen yet.
@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one student handed in: a notebook to grade, or the reason why there is none.

    The student's key and name are data, with whatever characters they came with.
    """

    student: str
    """The platform's id of the student, or else the folder's or file's name; no two are alike."""
    name: str
    """The full name where the platform gives it, to be shown."""
    notebook: Path | None
    refusal: str | None = None
    """One line, where there is no notebook that could be graded."""
    late: bool = False
    """Whether the platform marked it as late."""
    submitted: datetime | None = None
    """When it was handed in, in UTC, where the platform says so."""
    notes: tuple[str, ...] = ()
    """One line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """What one student handed in, as it was when it was read."""

    found: Found
    data: bytes = b""
    """The notebook's; empty where there is none that could be read."""
    refusal: str | None = None
    """Why there is none, in one line."""

    @property
    def name(self) -> str:
        """The notebook's file's; empty where there is none."""
        return self.found.notebook.name if self.found.notebook else ""

    @property
    def digest(self) -> str:
        """Of the notebook's bytes, or of why there are none."""
        refusal = (self.refusal or "").encode("utf-8", "surrogatepass")
        return hashlib.sha256(refusal + b"\0" + self.data).hexdigest()


def hand_in(found: Found, limits: Limits) -> HandedIn:
    """Read a submission's notebook.

    Args:
        found: Where it is.
        limits: How large it may be.
    """
    if found.notebook is None:
        return HandedIn(found=found, refusal=found.refusal or "there is no notebook")
    try:
        return HandedIn(found=found, data=read_bytes(found.notebook, limits))
    except SubmissionError as error:
        return HandedIn(found=found, refusal=str(error))


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
