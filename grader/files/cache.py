"""What is made once and kept for every kernel: a tokenizer, fonts, weights, training runs."""

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from grader.errors import KernelError, last_words
from grader.protocol.training_runs import cache_folder

_MINUTES = 5
_KEPT = "2"
"""Another number when `grader.models.prepare` makes something new."""


def kept_for_kernels() -> tuple[Path, ...]:
    """The folders a kernel may read; nothing else that is kept concerns it."""
    folder = cache_folder()
    return (folder / "tokenizers", folder / "matplotlib", folder / "runs")


def hub_cache() -> Path:
    """Where models from a hub are kept, as its own library finds it."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = Path(os.environ.get("HF_HOME") or caches / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub")


def prepare() -> None:
    """Make what a kernel in a sandbox cannot make and keep for the next one; seconds, once.

    Raises:
        KernelError: It cannot be made or kept; says why.
    """
    mark = cache_folder() / f"prepared-{_versions()}"
    if mark.is_file():
        return
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-P", "-m", "grader.models.prepare"],
            capture_output=True,
            check=False,
            timeout=60 * _MINUTES,
        )
        if not done.returncode:
            mark.touch()
            return
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KernelError(
            f"Nothing can be kept in {mark.parent}: {error}. Set XDG_CACHE_HOME."
        ) from None
    said = last_words(done.stderr) or "no word"
    raise KernelError(f"The kernel's caches could not be made: {said}")


def _versions() -> str:
    """Of what is kept, and of what made it."""
    made_by = ("induction-lab-grader", "torch", "transformer_lens", "transformers", "matplotlib")
    return "-".join([_KEPT, *(metadata.version(name) for name in made_by)])
