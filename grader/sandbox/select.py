"""Selects the backend that runs a submission: the strongest that works on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Literal, get_args

from grader.errors import KernelError
from grader.sandbox.base import Backend, ForkableBackend, SandboxLimits
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.forkserver import ForkServer
from grader.sandbox.landlock import Landlock
from grader.sandbox.unsandboxed import UNSANDBOXED
from grader.sandbox.verify import BackendCheck, is_usable, verify_backend

IsolationLevel = Literal["auto", "strict", "none", "bubblewrap", "landlock"]
ISOLATION_LEVELS: tuple[IsolationLevel, ...] = get_args(IsolationLevel)
_STRONGEST_FIRST: tuple[ForkableBackend, ...] = (Bubblewrap(), Landlock())
_ADVICE = (
    "On Debian or Ubuntu: apt install bubblewrap libseccomp2. Where bubblewrap is installed and "
    "refused (stock Ubuntu 24.04), write these four lines to /etc/apparmor.d/bwrap and run "
    "`apparmor_parser -r /etc/apparmor.d/bwrap`:\n"
    "    abi <abi/4.0>,\n"
    "    profile bwrap /usr/bin/bwrap flags=(unconfined) {\n"
    "      userns,\n"
    "    }\n"
    "Or use --isolation none, for notebooks you trust."
)


def check_backends() -> Iterator[BackendCheck]:
    """Verify every backend, the strongest first."""
    return (verify_backend(backend) for backend in _STRONGEST_FIRST)


@contextmanager
def with_fork_server(
    backend: ForkableBackend, model: str, *, prebuilt: tuple[str, ...] = ()
) -> Iterator[Backend]:
    """Yield the backend with a fork server, or the backend itself if that does not work.

    Args:
        backend: A backend that works.
        model: Model that the fork server builds for all kernels.
        ahead: Further models that it builds.
    """
    with ForkServer(backend, SandboxLimits(model=model, prebuilt=prebuilt)) as server:
        if is_usable(server):
            yield server
            return
    yield backend


@cache
def choose_backend(level: IsolationLevel) -> ForkableBackend:
    """Return the backend for an isolation level; backends are verified once per process.

    Args:
        level: ``auto`` uses the strongest backend that works, or none; ``strict`` requires one;
            ``none`` uses none; a backend's name requires that one.

    Raises:
        KernelError: No permitted backend works; the message says what is missing and what to do.
    """
    if level == "none":
        return UNSANDBOXED
    permitted = [b for b in _STRONGEST_FIRST if level in {"auto", "strict", b.name}]
    problems = []
    for backend in permitted:
        problem = verify_backend(backend).problem
        if problem is None:
            return backend
        problems.append(f"{backend.name}: {problem}")
    if level == "auto":
        return UNSANDBOXED
    listed = "\n  ".join(problems)
    raise KernelError(
        f"Isolation is required, but no sandbox works on this machine.\n  {listed}\n{_ADVICE}"
    )
