"""Opening files nobody vouches for: regular ones only, whole, and never more than was allowed."""

import os
import re
import stat
from itertools import islice
from pathlib import Path

# MERGED: How much JSON holds, told without reading it: values may take a hundred times their text.
_LONGEST = 200
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class ReadingError(ValueError):
    """The file cannot be read; the text says why and leaves its name to the caller."""


class TooLargeError(ReadingError):
    """The file is larger than it may be."""


def read_regular(path: Path, limit: float, *, follow: bool = True) -> bytes:
    """Read a regular file, never a device or a pipe that would hang.

    Args:
        path: The file.
        limit: Its largest size in bytes.
        follow: Whether a link stands for the file it points to.

    Raises:
        ReadingError: It is no regular file, is too large, or cannot be read.
    """
    try:
        if not follow and path.is_symlink():
            _refuse_link()
        descriptor = os.open(path, _FLAGS if follow else _FLAGS | _NO_LINK)
        try:
            return _whole(descriptor, limit)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ReadingError(error.strerror or type(error).__name__) from error
    except ReadingError:
        raise
    except ValueError as error:  # a NUL or half a character in its name
        raise ReadingError("no file has such a name") from error


def shown(text: str, longest: int = _LONGEST) -> str:
    """A name as part of a message's one line: cut where it is long, escaped where it is odd."""
    kept = (c if c.isprintable() else _escaped(ord(c)) for c in text[:longest])
    return "".join(kept) + "…" * (len(text) > longest)


def _escaped(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 (Python's)


def _refuse_link() -> None:
    raise ReadingError("it is a link: give the path of the file itself")


def _whole(descriptor: int, limit: float) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise ReadingError("it is not a file")
    if status.st_size > limit:
        raise TooLargeError(f"it is {status.st_size / 2**20:.0f} MB")
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        data = file.read(status.st_size + 1)
    if len(data) > status.st_size:
        raise ReadingError("it grew while it was read: try again when it is complete")
    return data


_PARTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[,:\[{]', re.DOTALL)


def too_many_parts(data: bytes, most: int) -> bool:
    """Whether JSON text holds more than so many values; marks inside texts are no parts.

    Args:
        data: The text.
        most: How many it may hold.
    """
    if sum(map(data.count, (b",", b":", b"[", b"{"))) <= most:
        return False
    return next(islice(_PARTS.finditer(data), most, None), None) is not None
