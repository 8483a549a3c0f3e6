"""No isolation: a process of its own, with limits on its time. For code one trusts."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader.errors import KernelError
from grader.protocol.training_runs import cache_folder
from grader.sandbox.base import Grant, Running, Sandbox
from grader.sandbox.environment import PARENTS, environment
from grader.sandbox.inside.env_vars import SANDBOXED


class Bare:
    """Starts the driver as any other process of the user's."""

    name = "none"

    def missing(self) -> str | None:
        """Nothing: it works everywhere, and protects nothing."""
        return None

    def start(self, command: Sequence[str], sandbox: Sandbox, *, errors: int) -> Running:  # noqa: ARG002 (nothing is withheld)
        """Start a command in a session of its own."""
        process = subprocess.Popen(  # noqa: S603 (our own driver)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        return Running(process, gentle=True, clean=lambda: _end_group(process.pid))

    def parent(
        self, command: Sequence[str], sandbox: Sandbox, *, control: int, errors: int
    ) -> "subprocess.Popen[bytes]":
        """Start a warm parent as any other process of the user's."""
        return outside(command, sandbox, control=control, errors=errors)

    @contextmanager
    def grant(self, sandbox: Sandbox) -> Iterator[Grant]:  # noqa: ARG002 (nothing is withheld)
        """Everything, and a folder for its files; what it starts is ended with it."""
        with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as folder:
            plan = {
                "environment": {**os.environ, "TMPDIR": folder},
                "home": str(Path.cwd()),
                "uid": None,
                "namespaces": None,
                "unconfined": True,
            }
            yield Grant(plan=plan, depth=2, gentle=True)


def outside(
    command: Sequence[str], sandbox: Sandbox, *, control: int, errors: int
) -> "subprocess.Popen[bytes]":
    """A warm parent outside any sandbox, in a home of its own.

    Args:
        command: What to run.
        sandbox: What its children may have.
        control: A socket that it inherits.
        errors: Where its standard error goes.

    Raises:
        KernelError: It could not be started.
    """
    own = environment("/nonexistent", sandbox, **PARENTS)
    kept = {name: value for name, value in own.items() if name not in {SANDBOXED, "TMPDIR"}}
    try:
        return subprocess.Popen(  # noqa: S603 (bwrap, found on the path, and our own program)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=(control,),
            start_new_session=True,
            # Not ours: a child can read what its parent was started with.
            env={**kept, "MPLCONFIGDIR": str(cache_folder() / "matplotlib")},
        )
    except OSError as error:
        raise KernelError(f"A warm parent could not be started: {error}") from error


def _end_group(leader: int) -> None:
    """What the driver left in its own session; what took another one is beyond reach."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(leader, signal.SIGKILL)
        except ProcessLookupError:
            return


NONE = Bare()
