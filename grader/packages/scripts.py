"""The scripts of packages."""

import shlex
from importlib import resources

from grader.packages.files import File, script

IMAGE_PLACE = "/opt/induction-lab-grader"
"""Where an image has the grader."""


def install_script() -> File:
    """Installs the grader that lies beside it, and tries it."""
    return script(resources.files(__package__).joinpath("install.sh").read_text(encoding="utf-8"))


def bash(*lines: str) -> File:
    """A script of these lines that ends with the first one that fails."""
    return script("\n".join(["#!/usr/bin/env bash", "set -euo pipefail", *lines, ""]))


def container_command(
    platform: str, *, place: str, rubric: str, keys: str, seconds: float
) -> list[str]:
    """What grades in a platform's container.

    Args:
        platform: Which.
        place: Where the grader is installed.
        rubric: The rubric's file.
        keys: The folder of keys.
        seconds: The platform's time limit.
    """
    asked = ["--rubric", rubric, "--keys", keys, "--limit", f"{seconds:g}"]
    return [f"{place}/bin/grade", "container", platform, *asked]


def quoted(command: list[str]) -> str:
    """A command as a shell reads it."""
    return shlex.join(command)
