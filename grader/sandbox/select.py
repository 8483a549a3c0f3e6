"""Which backend a submission is run in: the strongest that holds on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Literal, get_args

from grader.errors import KernelError
from grader.sandbox.base import Backend, Forkable, Sandbox
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.forkserver import Warm
from grader.sandbox.landlock import Landlock
from grader.sandbox.unsandboxed import NONE
from grader.sandbox.verify import Trial, try_out, works

Level = Literal["auto", "strict", "none", "bubblewrap", "landlock"]
LEVELS: tuple[Level, ...] = get_args(Level)
_STRONGEST_FIRST: tuple[Forkable, ...] = (Bubblewrap(), Landlock())
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


def trials() -> Iterator[Trial]:
    """Every backend tried, the strongest first."""
    return (try_out(backend) for backend in _STRONGEST_FIRST)


@contextmanager
def warmed(backend: Forkable, model: str, *, ahead: tuple[str, ...] = ()) -> Iterator[Backend]:
    """The backend with a warm parent, or as it is where that does not hold.

    Args:
        backend: One that holds.
        model: What the parent builds for all kernels.
        ahead: And what else it does.
    """
    with Warm(backend, Sandbox(model=model, ahead=ahead)) as warm:
        if works(warm):
            yield warm
            return
    yield backend


@cache
def choose(level: Level) -> Forkable:
    """The backend for a level, tried out once in a process.

    Args:
        level: ``auto`` takes what holds, or none; ``strict`` refuses to go without; ``none`` does
            not try; a backend's own name takes that one or refuses.

    Raises:
        KernelError: None holds that may be taken; says what is missing and what to do.
    """
    if level == "none":
        return NONE
    named = [backend for backend in _STRONGEST_FIRST if level in {"auto", "strict", backend.name}]
    problems = []
    for backend in named:
        problem = try_out(backend).problem
        if problem is None:
            return backend
        problems.append(f"{backend.name}: {problem}")
    if level == "auto":
        return NONE
    listed = "\n  ".join(problems)
    raise KernelError(f"Isolation was asked for and is not to be had here.\n  {listed}\n{_ADVICE}")
