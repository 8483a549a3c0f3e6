"""Room: memory for models, and disk for what is kept and what is temporary."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.doctor.finding import GB, Finding
from grader.memory import BASE, memory_for, memory_here, memory_needed
from grader.runs import cache_folder

_GPT2 = memory_for(548 * 2**20)
"""Where the weights of GPT-2 small are not here to be measured."""
_LEAST, _ENOUGH = 64 * 2**20, 512 * 2**20
"""Bytes of disk without which nothing works, and with which everything does."""


def memory(here: int | None = None) -> Finding:
    """Whether there is memory enough for the planted model, and for GPT-2 small.

    Args:
        here: Bytes; those that are free if not given.
    """
    here = memory_here() if here is None else here
    gpt2 = memory_needed("gpt2-small") or _GPT2
    small, large = f"{BASE / GB:.1f} GB", f"{gpt2 / GB:.1f} GB"
    free = f"{here / GB:.1f} GB free"
    if here < BASE:
        return Finding(
            name="Memory",
            says=f"{free}: grading takes about {small}.",
            state="problem",
            advice="Close other programs, or give the container more memory.",
        )
    if here < gpt2:
        says = f"{free}: enough to grade ({small}), not for GPT-2 small (about {large})."
        return Finding(name="Memory", says=says)
    says = f"{free}: enough to grade ({small}) and for GPT-2 small (about {large})."
    return Finding(name="Memory", says=says)


def disk() -> Iterator[Finding]:
    """Whether caches and temporary files have room."""
    yield room("Disk for caches", cache_folder(), "XDG_CACHE_HOME")
    yield room("Temporary files", Path(tempfile.gettempdir()), "TMPDIR")


def room(name: str, folder: Path, variable: str) -> Finding:
    """Whether a folder can be written to, and how much.

    Args:
        name: What it is for.
        folder: The folder; made if it is not there.
        variable: What makes it another one.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 2**16)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            name=name,
            says=f"{folder} cannot be written to: {error.strerror or error}.",
            state="problem",
            advice=f"Set {variable} to a folder that can.",
        )
    says = f"{free / GB:.1f} GB free in {folder}"
    if free >= _ENOUGH:
        return Finding(name=name, says=says)
    return Finding(
        name=name,
        says=says,
        state="problem" if free < _LEAST else "warning",
        advice=f"Make room, or set {variable} to a folder with more.",
    )
