"""Files of a package, and a zip of them."""

import io
import zipfile
from collections.abc import Mapping
from importlib import resources
from typing import NamedTuple

# MERGED: The scripts of packages.
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


IMAGE_PLACE = "/opt/induction-lab-grader"
"""Where an image has the grader."""


def install_script() -> File:
    """Installs the grader that lies beside it, and tries it."""
    return script(resources.files(__package__).joinpath("install.sh").read_text(encoding="utf-8"))


def bash(*lines: str) -> File:
    """A script of these lines that ends with the first one that fails."""
    return script("\n".join(["#!/usr/bin/env bash", "set -euo pipefail", *lines, ""]))


def container_command(platform: str, *, place: str, standard: str, seconds: float) -> list[str]:
    """What grades in a platform's container.

    Args:
        platform: Which.
        place: Where the grader is installed.
        standard: The folder of the rubric and its keys.
        seconds: The platform's time limit.
    """
    asked = ["--rubric", f"{standard}/rubric.yaml", "--keys", f"{standard}/keys"]
    return [f"{place}/bin/grade", "container", platform, *asked, "--limit", f"{seconds:g}"]
