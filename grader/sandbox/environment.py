"""The environment variables of a sandbox: built from scratch, with none of the grader's own."""

import os
import sys
import sysconfig
from pathlib import Path

from grader.files.cache import hub_cache
from grader.protocol.installation import CACHE_VARIABLE, cache_folder
from grader.protocol.model_names import is_synthetic
from grader.sandbox.base import SandboxLimits
from grader.sandbox.inside.env_vars import SANDBOXED

FORK_SERVER_ENVIRONMENT = {
    # A forward pass allocates and frees many megabytes. Not returning them to the system (high
    # mmap and trim thresholds), and huge pages, save a seventh of its time. glibc reads this when
    # a process starts, so forked kernels have it too.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=1073741824:"
    "glibc.malloc.trim_threshold=1073741824",
}
"""Additional variables of fork servers."""


def sandbox_environment(home: str, sandbox: SandboxLimits, **more: str) -> dict[str, str]:
    """Return all environment variables of a driver in a sandbox.

    Args:
        home: Its home folder.
        sandbox: Its limits and model.
        more: Further variables.
    """
    hub = (
        {}
        if is_synthetic(sandbox.model) or not sandbox.model
        else {"HF_HUB_CACHE": str(hub_cache())}
    )
    return {
        "HOME": home,
        "TMPDIR": f"{home}/tmp",  # noqa: S108 (in a home of its own)
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "USER": "student",
        "LOGNAME": "student",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        **_pythonpath(),
        CACHE_VARIABLE: str(cache_folder()),
        SANDBOXED: "1",
        **hub,
        **more,
    }


def _pythonpath() -> dict[str, str]:
    """Return PYTHONPATH with the grader's folder if it is not installed, as in a checkout."""
    root = Path(__file__).parents[2]
    installed = {Path(sysconfig.get_paths()[name]).resolve() for name in ("purelib", "platlib")}
    return {} if root.resolve() in installed else {"PYTHONPATH": str(root)}
