"""Caches shared by all kernels: tokenizer, fonts, weights and training runs."""

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from grader.errors import KernelError, last_stderr_line
from grader.protocol.installation import DISTRIBUTION, cache_folder

_TIMEOUT_SECONDS = 5 * 60
_CACHE_VERSION = "2"
"""Increase it when `grader.models.prepare` makes new files."""


def kernel_readable_folders() -> tuple[Path, ...]:
    """Return the cache folders that a kernel may read."""
    folder = cache_folder()
    return (folder / "tokenizers", folder / "matplotlib", folder / "runs")


def hub_cache() -> Path:
    """Return the folder in which Hugging Face's library caches models."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = Path(os.environ.get("HF_HOME") or caches / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub")


def build_cache() -> None:
    """Build the caches that a sandboxed kernel cannot write itself. Takes seconds, once.

    Raises:
        KernelError: They cannot be built. The message says why.
    """
    mark = cache_folder() / f"prepared-{_versions()}"
    if mark.is_file():
        return
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        process = subprocess.run(
            [sys.executable, "-P", "-m", "grader.models.prepare"],
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
        if not process.returncode:
            mark.touch()
            return
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KernelError(
            f"Nothing can be kept in {mark.parent}: {error}. Set XDG_CACHE_HOME."
        ) from None
    reason = last_stderr_line(process.stderr) or "no error message"
    raise KernelError(f"The kernel's caches could not be built: {reason}")


def _versions() -> str:
    """Return the versions of the cache's layout and of the packages that fill it."""
    packages = (DISTRIBUTION, "torch", "transformer_lens", "transformers", "matplotlib")
    return "-".join([_CACHE_VERSION, *(metadata.version(name) for name in packages)])
