"""The files of a package: scripts that several packages share, and the zip of them all."""

import io
import shlex
import zipfile
from collections.abc import Mapping
from importlib import resources
from typing import NamedTuple

IMAGE_INSTALL_DIR = "/opt/induction-lab-grader"
"""Virtual environment of the grader inside an image."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Modification time of every file in a zip, so that equal files give equal bytes."""
_REGULAR_MODE, _EXECUTABLE_MODE = 0o100644, 0o100755
_UNIX = 3


class File(NamedTuple):
    """A file's content and mode."""

    data: bytes
    executable: bool = False


Files = Mapping[str, File]
"""Files by their paths, which use `/`."""


def zip_files(files: Files) -> bytes:
    """Return a zip of the files, with their executable bits."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, file in files.items():
            info = zipfile.ZipInfo(path, _EPOCH)
            info.create_system = _UNIX
            mode = _EXECUTABLE_MODE if file.executable else _REGULAR_MODE
            info.external_attr = mode << 16
            archive.writestr(info, file.data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def asset(name: str) -> bytes:
    """Read a script of the ``assets`` folder, with Unix line ends."""
    path = resources.files(__package__).joinpath("assets", name)
    return path.read_text(encoding="utf-8").encode()


def install_script() -> File:
    """Return the script that installs the grader lying beside it and grades an example."""
    return File(asset("install.sh"), executable=True)


def bash_script(*lines: str) -> File:
    """Return a bash script that stops at the first command that fails."""
    text = "\n".join(["#!/usr/bin/env bash", "set -euo pipefail", *lines, ""])
    return File(text.encode(), executable=True)


def grade_command(
    platform: str, *, install_dir: str, rubric_dir: str, time_limit: float
) -> list[str]:
    """Return the command that grades in a platform's container.

    Args:
        platform: The platform's name, as ``grade container`` takes it.
        install_dir: Virtual environment of the grader.
        rubric_dir: Folder of the rubric and its keys.
        time_limit: Time limit of the platform, in seconds.
    """
    options = ["--rubric", f"{rubric_dir}/rubric.yaml", "--keys", f"{rubric_dir}/keys"]
    grade = f"{install_dir}/bin/grade"
    return [grade, "container", platform, *options, "--limit", f"{time_limit:g}"]


def grade_script(
    platform: str,
    *setup_lines: str,
    install_dir: str,
    rubric_dir: str,
    time_limit: float,
) -> File:
    """Return a script that runs `grade_command` after some setup."""
    command = grade_command(
        platform, install_dir=install_dir, rubric_dir=rubric_dir, time_limit=time_limit
    )
    return bash_script(*setup_lines, f"exec {shlex.join(command)}")
