"""The environment variables of a sandbox: made anew, nothing of the grader's own in them."""

import os
import sys
import sysconfig
from pathlib import Path

from grader.files.cache import hub_cache
from grader.protocol.training_runs import CACHE, cache_folder
from grader.rubric.hidden_models import is_constructed
from grader.sandbox.base import Sandbox
from grader.sandbox.inside.env_vars import SANDBOXED

PARENTS = {
    # A forward pass takes and gives back many megabytes: kept, and in huge pages, they cost a
    # seventh less time. Read by glibc when a process starts, so that forked kernels have it too.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=1073741824:"
    "glibc.malloc.trim_threshold=1073741824",
}
"""Set for warm parents besides."""


def environment(home: str, sandbox: Sandbox, **more: str) -> dict[str, str]:
    """What a driver in a sandbox finds set.

    Args:
        home: Its home.
        sandbox: What it may have.
        more: Further variables.
    """
    hub = (
        {}
        if is_constructed(sandbox.model) or not sandbox.model
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
        **_where_the_grader_is(),
        CACHE: str(cache_folder()),
        SANDBOXED: "1",
        **hub,
        **more,
    }


def _where_the_grader_is() -> dict[str, str]:
    """Its folder, where Python does not find it by itself: in a checkout, say."""
    root = Path(__file__).parents[2]
    installed = {Path(sysconfig.get_paths()[name]).resolve() for name in ("purelib", "platlib")}
    return {} if root.resolve() in installed else {"PYTHONPATH": str(root)}
