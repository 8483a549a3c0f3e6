"""Files of a package, and a zip of them."""

import io
import zipfile
from collections.abc import Mapping
from typing import NamedTuple

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same files give the same bytes."""
_REGULAR, _MAY_RUN = 0o100644, 0o100755
_UNIX = 3


class File(NamedTuple):
    """One file."""

    data: bytes
    runs: bool = False
    """Whether it is a program."""


Files = Mapping[str, File]
"""By their paths, folders parted by `/`."""


def script(text: str) -> File:
    """A program of plain text, with a Unix system's line ends."""
    return File(text.encode(), runs=True)


def zipped(files: Files) -> bytes:
    """All of them as a zip, programs marked as such.

    Args:
        files: By their paths in it.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in files.items():
            about = zipfile.ZipInfo(name, _EPOCH)
            about.create_system = _UNIX
            about.external_attr = (_MAY_RUN if file.runs else _REGULAR) << 16
            archive.writestr(about, file.data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
