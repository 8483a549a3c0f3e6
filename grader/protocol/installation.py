"""Facts about the installed grader: its distribution's name, its version and its cache folder."""

import os
from importlib import metadata
from pathlib import Path

from grader.errors import KernelError

DISTRIBUTION = "induction-lab-grader"
"""Name of the distribution on a package index, and of the grader's folders in shared places."""
CACHE_VARIABLE = "INDUCTION_LAB_CACHE"
"""Environment variable that holds the cache folder's path inside a sandbox."""


def grader_version() -> str:
    """Return the version of the installed distribution."""
    return metadata.version(DISTRIBUTION)


def cache_folder() -> Path:
    """Return the folder for files that are made once and used again.

    Raises:
        KernelError: There is no home folder to put it in.
    """
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given)
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        raise KernelError(
            "a training run needs a place to be kept and there is no home: set XDG_CACHE_HOME"
        ) from None
    return caches / DISTRIBUTION
