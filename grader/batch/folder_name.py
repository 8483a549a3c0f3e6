"""A student's key as the name of a folder, on any file system."""

import hashlib
import re
import unicodedata

_AS_IT_IS = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}")
_OURS = re.compile(r".*-[0-9a-f]{16}")
_OTHERS = re.compile(r"[^A-Za-z0-9_]+")
RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""No folder has such a name on Windows."""
_LONGEST = 60


def folder_name(student: str) -> str:
    """A folder's name for a student: at most 80 bytes, plain, and no other student's.

    That holds where upper and lower case are one, too. A key of small letters, digits, ``-`` and
    ``_`` stays as it is, and no name that is made has a dot in it, so none is a file's. Any other
    key keeps what is plain in it, and gets a digest of all of it.
    """
    if (
        _AS_IT_IS.fullmatch(student)
        and student not in RESERVED
        and not _OURS.fullmatch(student)  # or it could be what another student's was made into
    ):
        return student
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    letters = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
    kept = _OTHERS.sub("_", letters)[:_LONGEST].strip("_")
    return f"{kept or 'student'}-{digest[:16]}"
