"""No isolation: a process of its own, with limits on its time. For code one trusts."""

import os
import signal
import subprocess
from collections.abc import Sequence

from grader.isolation.sandbox import Running, Sandbox


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


def _end_group(leader: int) -> None:
    """What the driver left in its own session; what took another one is beyond reach."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(leader, signal.SIGKILL)
        except ProcessLookupError:
            return


NONE = Bare()
