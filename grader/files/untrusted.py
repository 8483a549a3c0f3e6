"""Reads untrusted files safely: regular files only, with a size limit."""

import os
import re
import stat
from itertools import islice
from pathlib import Path

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_JSON_PARTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[,:\[{]', re.DOTALL)
"""A JSON string, or a mark that comes before a value."""


class FileReadError(ValueError):
    """The file cannot be read. The message says why; the caller adds the file's name."""


class TooLargeError(FileReadError):
    """The file is larger than allowed."""


def read_bounded(path: Path, limit: float, *, follow: bool = True) -> bytes:
    """Read a regular file, never a device or a pipe that would block.

    Args:
        limit: Maximum size in bytes.
        follow: If false, a symbolic link is refused.

    Raises:
        ReadingError: It is not a regular file, is too large, or cannot be read.
    """
    try:
        if not follow and path.is_symlink():
            _refuse_link()
        descriptor = os.open(path, _FLAGS if follow else _FLAGS | _NO_FOLLOW)
        try:
            return _read_all(descriptor, limit)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise FileReadError(error.strerror or type(error).__name__) from error
    except FileReadError:
        raise
    except ValueError as error:  # a NUL or a lone surrogate in its name
        raise FileReadError("no file has such a name") from error


def exceeds_json_values(data: bytes, most: int) -> bool:
    """Return True if JSON text holds more than `most` values, without parsing it.

    A parsed value may take a hundred times the memory of its text. Marks inside strings do not
    count.
    """
    if sum(map(data.count, (b",", b":", b"[", b"{"))) <= most:
        return False
    return next(islice(_JSON_PARTS.finditer(data), most, None), None) is not None


def _refuse_link() -> None:
    raise FileReadError("it is a link: give the path of the file itself")


def _read_all(descriptor: int, limit: float) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise FileReadError("it is not a file")
    if status.st_size > limit:
        raise TooLargeError(f"it is {status.st_size / 2**20:.0f} MB")
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        data = file.read(status.st_size + 1)
    if len(data) > status.st_size:
        raise FileReadError("it grew while it was read: try again when it is complete")
    return data
