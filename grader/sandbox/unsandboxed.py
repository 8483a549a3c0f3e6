"""The backend without isolation, for trusted code: a separate process with a time limit."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader.errors import KernelError
from grader.protocol.installation import cache_folder
from grader.sandbox.base import Grant, RunningSandbox, SandboxLimits
from grader.sandbox.environment import FORK_SERVER_ENVIRONMENT, sandbox_environment
from grader.sandbox.inside.env_vars import SANDBOXED


class Unsandboxed:
    """Starts the driver like any other process of the user."""

    name = "none"

    def unavailable_reason(self) -> str | None:
        """Return None: it works everywhere, and protects nothing."""
        return None

    def start(
        self,
        command: Sequence[str],
        sandbox: SandboxLimits,  # noqa: ARG002 (no limits)
        *,
        errors: int,
    ) -> RunningSandbox:
        """Start a command in its own session."""
        process = subprocess.Popen(  # noqa: S603 (our own driver)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        return RunningSandbox(
            process, graceful=True, clean_up=lambda: _kill_process_group(process.pid)
        )

    def start_fork_server(
        self, command: Sequence[str], sandbox: SandboxLimits, *, control: int, errors: int
    ) -> "subprocess.Popen[bytes]":
        """Start a fork server like any other process of the user."""
        return start_host_process(command, sandbox, control=control, errors=errors)

    @contextmanager
    def grant(self, sandbox: SandboxLimits) -> Iterator[Grant]:  # noqa: ARG002 (no limits)
        """Grant everything, and a temporary folder; the child's processes end with it."""
        with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as folder:
            plan = {
                "environment": {**os.environ, "TMPDIR": folder},
                "home": str(Path.cwd()),
                "uid": None,
                "namespaces": None,
                "unconfined": True,
            }
            yield Grant(plan=plan, depth=2, graceful=True)


def start_host_process(
    command: Sequence[str], sandbox: SandboxLimits, *, control: int, errors: int
) -> "subprocess.Popen[bytes]":
    """Start a fork server outside any sandbox.

    Args:
        command: The command line.
        sandbox: Limits of its children.
        control: File descriptor of a socket that it inherits.
        errors: File descriptor for its standard error.

    Raises:
        KernelError: It could not be started.
    """
    variables = sandbox_environment("/nonexistent", sandbox, **FORK_SERVER_ENVIRONMENT)
    kept = {name: value for name, value in variables.items() if name not in {SANDBOXED, "TMPDIR"}}
    try:
        return subprocess.Popen(  # noqa: S603 (our own program)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=(control,),
            start_new_session=True,
            # Not the grader's own: a child can read its parent's initial environment in /proc.
            env={**kept, "MPLCONFIGDIR": str(cache_folder() / "matplotlib")},
        )
    except OSError as error:
        raise KernelError(f"The fork server could not be started: {error}") from error


def _kill_process_group(leader: int) -> None:
    """Kill the driver's process group; processes that changed theirs cannot be reached."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(leader, signal.SIGKILL)
        except ProcessLookupError:
            return


UNSANDBOXED = Unsandboxed()
"""The one instance of this backend."""
