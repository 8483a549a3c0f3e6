"""How much memory grading on a model from a file needs, said before it begins."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from grader.files.cache import hub_cache
from grader.rubric.hidden_models import is_constructed

BASE = 700 * 2**20
"""All processes with Python, torch and a small model; measured, see `tests.benchmarks.memory`."""
ROOM_FOR_TWO = 2 * 2**30
"""Bytes in which a kernel and what builds hidden models' weights run side by side."""
_COPIES = 4.7
"""Of the weights' file: the notebook's, the probes' and one to compare with, each a fifth larger
(embedding and unembedding are apart), and forward passes; measured on GPT-2 small's shape."""
_WEIGHTS = ("*.safetensors", "*.bin")
_GROUPS = Path("/sys/fs/cgroup")
_ALIASES = {"gpt2-small": "gpt2"}
_GB = 2**30


def memory_needed(model: str) -> int | None:
    """Bytes that grading on a model takes about; None where that cannot be told.

    Args:
        model: A name or a directory of weights.
    """
    size = next((size for folder in _folders(model) if (size := _size(folder))), None)
    return None if size is None else memory_for(size)


def memory_for(size: int) -> int:
    """Bytes that grading takes about on a model whose weights' file has so many."""
    return int(BASE + _COPIES * size)


def memory_here(groups: Path = _GROUPS, own: Path = Path("/proc/self/cgroup")) -> int:
    """Bytes that there are: the machine's that are free, or less where a container has a limit.

    Args:
        groups: Where the system's control groups are.
        own: Where it says which of them this process is in.
    """
    found = [int(psutil.virtual_memory().available)]
    for path in _limits(groups, own):
        with suppress(OSError, ValueError):  # no such file, or it says "max"
            found.append(int(path.read_text(encoding="ascii")))
    return min(found)


def _limits(groups: Path, own: Path) -> Iterator[Path]:
    """Files that may hold a limit, of both versions; a container sees its own group at the top."""
    lines: list[str] = []
    with suppress(OSError):
        lines = own.read_text(encoding="utf-8").splitlines()
    for line in ("0::/", "0:memory:/", *lines):
        _, kinds, name = line.split(":", 2)
        if not kinds:
            yield groups / name.lstrip("/") / "memory.max"
        elif "memory" in kinds.split(","):
            yield groups / "memory" / name.lstrip("/") / "memory.limit_in_bytes"


def warning(model: str, here: int) -> str | None:
    """What is said beforehand of a model that is not constructed; None where nothing is.

    Args:
        model: A name or a directory.
        here: Bytes that there are.
    """
    if is_constructed(model) or (needed := memory_needed(model)) is None:
        return None
    said = f"Grading on {model} needs about {needed / _GB:.1f} GB of memory"
    if needed <= here:
        return f"{said}."
    return f"{said}, and there are {here / _GB:.1f} GB here: the system may end it. Give it more."


def _folders(model: str) -> Iterable[Path]:
    """Where its weights may be: its own directory, or the hub's cache."""
    if Path(model).is_dir():
        return [Path(model)]
    name = _ALIASES.get(model, model).replace("/", "--")
    return sorted(hub_cache().glob(f"models--*{name}/snapshots/*"))


def _size(folder: Path) -> int:
    """Bytes of its weights, in the first format that there is."""
    sizes = (sum(path.stat().st_size for path in folder.glob(kind)) for kind in _WEIGHTS)
    return next((size for size in sizes if size), 0)
