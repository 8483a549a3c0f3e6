"""Checks PyTorch, the devices it finds, free memory and free disk space."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.doctor.finding import GB, Finding
from grader.errors import last_stderr_line
from grader.execution.memory import BASE_BYTES, available_memory, memory_for_weights, memory_needed
from grader.protocol.installation import cache_folder

_DESCRIBE_TORCH = """
import json, torch
gpus = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
print(json.dumps({
    "version": torch.__version__,
    "cuda": torch.version.cuda,
    "devices": [[gpu.name, gpu.total_memory] for gpu in gpus],
}))
"""
_TIMEOUT_SECONDS = 120
_GPT2_MEMORY = memory_for_weights(548 * 2**20)
"""Bytes of memory for GPT-2 small, used if its weights are not here to be measured."""
_MIN_DISK, _ENOUGH_DISK = 64 * 2**20, 512 * 2**20
"""Bytes of free disk below which nothing works, and from which everything does."""


def check_torch(code: str = _DESCRIBE_TORCH) -> Finding:
    """Import PyTorch in a subprocess, and report its version and devices.

    Args:
        code: Program for the subprocess, which prints JSON as `describe_torch` takes it.
    """
    try:
        done = subprocess.run(  # noqa: S603 (our own code)
            [sys.executable, "-P", "-c", code],
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
        info = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None
        message = last_stderr_line(done.stderr)
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
        info, message = None, str(error)
    if not isinstance(info, dict):
        return Finding(
            name="torch",
            message=f"cannot be imported: {message or 'no error message'}",
            state="problem",
            advice="pip install torch; its page “Get started” shows the line for your machine.",
        )
    return describe_torch(info, has_nvidia_driver=shutil.which("nvidia-smi") is not None)


def describe_torch(info: Mapping[str, Any], *, has_nvidia_driver: bool) -> Finding:
    """Describe PyTorch's build and devices.

    Args:
        info: Its version, the CUDA version it was built for, and devices with their memory.
        has_nvidia_driver: True if the machine seems to have an NVIDIA GPU.
    """
    build = f"a build for CUDA {info['cuda']}" if info["cuda"] else "a CPU build"
    devices = ", ".join(f"{name} ({size / GB:.0f} GB)" for name, size in info["devices"])
    says = f"{info['version']}, {build}; {devices or 'no GPU found, and none is needed'}"
    if has_nvidia_driver and not devices:
        reason = "its driver does not work" if info["cuda"] else "torch is built without CUDA"
        return Finding(
            name="torch",
            message=f"{says}. There seems to be an NVIDIA GPU, but {reason}.",
            state="warning",
            advice="The CPU is enough for this lab; run `nvidia-smi` if you want to use the GPU.",
        )
    return Finding(name="torch", message=f"{says}.")


def check_memory(available: int | None = None) -> Finding:
    """Check the memory for the planted-circuit model and for GPT-2 small.

    Args:
        available: Bytes of memory; by default those that are free.
    """
    available = available_memory() if available is None else available
    gpt2_memory = memory_needed("gpt2-small") or _GPT2_MEMORY
    small, large = f"{BASE_BYTES / GB:.1f} GB", f"{gpt2_memory / GB:.1f} GB"
    free = f"{available / GB:.1f} GB free"
    if available < BASE_BYTES:
        return Finding(
            name="Memory",
            message=f"{free}: grading takes about {small}.",
            state="problem",
            advice="Close other programs, or give the container more memory.",
        )
    if available < gpt2_memory:
        says = f"{free}: enough to grade ({small}), not for GPT-2 small (about {large})."
        return Finding(name="Memory", message=says)
    says = f"{free}: enough to grade ({small}) and for GPT-2 small (about {large})."
    return Finding(name="Memory", message=says)


def check_disk() -> Iterator[Finding]:
    """Check the folders of caches and of temporary files."""
    yield check_folder("Disk for caches", cache_folder(), "XDG_CACHE_HOME")
    yield check_folder("Temporary files", Path(tempfile.gettempdir()), "TMPDIR")


def check_folder(name: str, folder: Path, variable: str) -> Finding:
    """Check that a folder is writable and has free space; create it if it is missing.

    Args:
        name: Name of the check.
        folder: The folder.
        variable: Environment variable that selects another folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 2**16)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            name=name,
            message=f"{folder} is not writable: {error.strerror or error}.",
            state="problem",
            advice=f"Set {variable} to a writable folder.",
        )
    says = f"{free / GB:.1f} GB free in {folder}"
    if free >= _ENOUGH_DISK:
        return Finding(name=name, message=says)
    return Finding(
        name=name,
        message=says,
        state="problem" if free < _MIN_DISK else "warning",
        advice=f"Free some space, or set {variable} to a folder with more.",
    )
