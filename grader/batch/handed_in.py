"""A submission with its bytes in hand, read once: what is graded is what its digest is of."""

import hashlib
from dataclasses import dataclass

from grader.batch.found import Found
from grader.errors import SubmissionError
from grader.rubric import Limits
from grader.submission import read_bytes


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
