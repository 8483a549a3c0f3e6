"""Keys that name students, in submissions, gradebooks and the instructor's files."""

import unicodedata
from typing import Annotated

from pydantic import StringConstraints

StudentKey = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""A student's id if a platform gives one, else a name."""


def normalize_key(student: str) -> str:
    """Normalize a key for comparison (NFC): some file systems write é as two characters."""
    return unicodedata.normalize("NFC", student).strip()
