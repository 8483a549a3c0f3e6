"""The scripts of packages."""

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
