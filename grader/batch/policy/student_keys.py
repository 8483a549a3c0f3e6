"""Students as files of an instructor name them, and as submissions do."""

import unicodedata
from typing import Annotated

from pydantic import StringConstraints

StudentKey = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""An id where a platform gives one, else a name."""


def as_compared(student: str) -> str:
    """A key as keys are compared: some file systems write é as one character, some as two."""
    return unicodedata.normalize("NFC", student).strip()
