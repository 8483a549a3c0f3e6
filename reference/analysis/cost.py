"""What an analysis takes: seconds and memory."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What it took."""

    seconds: dict[str, float]
    """By part, in the order they ran."""
    peak_bytes: int | None
    """None where it is unknown."""
    memory: str
    """Whose peak it is."""
    budget_bytes: int
    """What the activations of one forward pass were allowed."""


class Stopwatch:
    """Seconds by part."""

    def __init__(self, announce: Callable[[str], None] | None = None) -> None:
        """Start with no parts.

        Args:
            announce: Told each part's name when it begins.
        """
        self.seconds: dict[str, float] = {}
        self._announce = announce

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time what happens in the `with` block.

        Args:
            name: What to call it.
        """
        if self._announce is not None:
            self._announce(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start


def forget_peak(device: str) -> None:
    """Let the peak of a device's memory begin here; that of a process cannot.

    Args:
        device: Such as `cpu` or `cuda`.
    """
    if device.startswith("cuda"):
        torch.cuda.init()  # resetting does not start CUDA, and fails where it has not started
        torch.cuda.reset_peak_memory_stats(device)


def peak_memory(device: str) -> tuple[int | None, str]:
    """Read the peak of a device's memory.

    Args:
        device: Such as `cpu` or `cuda`.

    Returns:
        The peak in bytes, None where it is unknown, and whose it is.
    """
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated(device), f"torch on {device}"
    whose = "the whole process"
    try:
        import resource  # noqa: PLC0415 (Windows has none)
    except ImportError:
        return None, whose
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (peak if sys.platform == "darwin" else 1024 * peak), whose  # Linux counts in KiB
