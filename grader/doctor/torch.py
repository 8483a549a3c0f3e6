"""PyTorch and the devices it finds, asked in a process of its own."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from grader.doctor.finding import GB, Finding
from grader.errors import last_words

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
        done = subprocess.run(  # noqa: S603 (this Python, and code of our own)
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
