"""PyTorch and the devices it finds, asked in a process of its own."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.doctor.finding import GB, Finding
from grader.errors import last_words
from grader.execution.memory import BASE, memory_for, memory_here, memory_needed
from grader.protocol.training_runs import cache_folder

# MERGED: Room: memory for models, and disk for what is kept and what is temporary.
_ASK = """
import json, torch
gpus = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
print(json.dumps({
    "version": torch.__version__,
    "cuda": torch.version.cuda,
    "devices": [[gpu.name, gpu.total_memory] for gpu in gpus],
}))
"""
_SECONDS = 120


def torch(code: str = _ASK) -> Finding:
    """Whether PyTorch can be imported, and what it runs on.

    Args:
        code: Which prints what it is as JSON.
    """
    try:
        done = subprocess.run(  # noqa: S603 (our own module; the name was parsed)
            [sys.executable, "-P", "-c", code], capture_output=True, check=False, timeout=_SECONDS
        )
        found = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None
        said = last_words(done.stderr)
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
        found, said = None, str(error)
    if not isinstance(found, dict):
        return Finding(
            name="torch",
            says=f"cannot be imported: {said or 'no word why'}",
            state="problem",
            advice="pip install torch; its page “Get started” shows the line for your machine.",
        )
    return described(found, nvidia=shutil.which("nvidia-smi") is not None)


def described(found: Mapping[str, Any], *, nvidia: bool) -> Finding:
    """What PyTorch said of itself, in words.

    Args:
        found: Its version, the CUDA it was built for, devices with their memory.
        nvidia: Whether the machine seems to have an NVIDIA device.
    """
    build = f"a build for CUDA {found['cuda']}" if found["cuda"] else "a CPU build"
    devices = ", ".join(f"{name} ({size / GB:.0f} GB)" for name, size in found["devices"])
    says = f"{found['version']}, {build}; {devices or 'no GPU found, and none is needed'}"
    if nvidia and not devices:
        why = "its driver does not work" if found["cuda"] else "torch is built without CUDA"
        return Finding(
            name="torch",
            says=f"{says}. There seems to be an NVIDIA GPU, but {why}.",
            state="warning",
            advice="The CPU is enough for this lab; look at `nvidia-smi` if you want the GPU.",
        )
    return Finding(name="torch", says=f"{says}.")


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
