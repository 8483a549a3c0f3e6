"""Estimates the memory that grading on a model from a file needs, and how much is available."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from grader.files.cache import hub_cache
from grader.protocol.model_names import is_synthetic

BASE_BYTES = 700 * 2**20
"""Bytes for all processes with Python, torch and a small model; see `tests.benchmarks.memory`."""
PARALLEL_BUILD_BYTES = 2 * 2**30
"""Bytes in which a kernel and the process that builds hidden models can run side by side."""
_COPIES = 4.7
"""Memory per byte of the weights' file: the notebook's model, the probes' and one to compare with,
each a fifth larger than the file (embedding and unembedding are separate), and forward passes.
Measured on GPT-2 small's shape."""
_WEIGHTS_PATTERNS = ("*.safetensors", "*.bin")
_CGROUP_ROOT = Path("/sys/fs/cgroup")
_ALIASES = {"gpt2-small": "gpt2"}
_GB = 2**30


def memory_needed(model: str) -> int | None:
    """Return about how many bytes grading on a model takes; None if its weights are not found.

    Args:
        model: A model's name or a directory of weights.
    """
    folders = _weight_folders(model)
    size = next((size for folder in folders if (size := _weight_bytes(folder))), None)
    return None if size is None else memory_for_weights(size)


def memory_for_weights(size: int) -> int:
    """Return about how many bytes grading takes on a model with `size` bytes of weights."""
    return int(BASE_BYTES + _COPIES * size)


def available_memory(groups: Path = _CGROUP_ROOT, own: Path = Path("/proc/self/cgroup")) -> int:
    """Return the available bytes: free memory, or the container's limit if that is lower.

    Args:
        groups: Mount point of the control groups.
        own: File that lists the control groups of this process.
    """
    amounts = [int(psutil.virtual_memory().available)]
    for path in _cgroup_limits(groups, own):
        with suppress(OSError, ValueError):  # no such file, or it holds "max"
            amounts.append(int(path.read_text(encoding="ascii")))
    return min(amounts)


def _cgroup_limits(groups: Path, own: Path) -> Iterator[Path]:
    """Yield files that may hold a limit, for both versions of control groups.

    A container sees its own group at the top.
    """
    lines: list[str] = []
    with suppress(OSError):
        lines = own.read_text(encoding="utf-8").splitlines()
    for line in ("0::/", "0:memory:/", *lines):
        _, kinds, name = line.split(":", 2)
        if not kinds:
            yield groups / name.lstrip("/") / "memory.max"
        elif "memory" in kinds.split(","):
            yield groups / "memory" / name.lstrip("/") / "memory.limit_in_bytes"


def memory_warning(model: str, here: int) -> str | None:
    """Return a line about the memory that a model needs; None for constructed and unknown models.

    Args:
        model: A model's name or a directory of weights.
        here: Available bytes.
    """
    if is_synthetic(model) or (needed := memory_needed(model)) is None:
        return None
    text = f"Grading on {model} needs about {needed / _GB:.1f} GB of memory"
    if needed <= here:
        return f"{text}."
    return f"{text}, but only {here / _GB:.1f} GB are available: the system may kill the kernel."


def _weight_folders(model: str) -> Iterable[Path]:
    """Return folders that may hold the weights: the model's directory, or the hub's cache."""
    if Path(model).is_dir():
        return [Path(model)]
    name = _ALIASES.get(model, model).replace("/", "--")
    return sorted(hub_cache().glob(f"models--*{name}/snapshots/*"))


def _weight_bytes(folder: Path) -> int:
    """Return the size of the weights, in the first format that is present."""
    sizes = (sum(path.stat().st_size for path in folder.glob(kind)) for kind in _WEIGHTS_PATTERNS)
    return next((size for size in sizes if size), 0)
