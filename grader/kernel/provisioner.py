"""Kernels that are forked, the way jupyter_client lets others start kernels: a provisioner."""

import json
import os
import socket
from functools import cache
from typing import Any, cast

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from grader.sandbox.inside.env_vars import LAUNCHER
from grader.sandbox.inside.forked_process import Forked

NAME = "induction-lab-forked"
"""The entry point that this provisioner is registered under."""
_MAX_ANSWER = 2**10


class Launcher:
    """The process that forks kernels for this driver."""

    def __init__(self, descriptor: int) -> None:
        """Take the socket to it."""
        self._socket = socket.socket(fileno=descriptor)

    def kernel(self, command: list[str], folder: str, environment: dict[str, str]) -> int:
        """Have a kernel forked.

        Args:
            command: Its arguments, the program first.
            folder: Where it works.
            environment: Its variables, all of them.

        Returns:
            Its process's number.
        """
        asked = {"command": command, "folder": folder, "environment": environment}
        return self._ask({"kernel": asked})

    def end_all(self, spare: int | None = None) -> None:
        """End what kernels have left running.

        Args:
            spare: A kernel that may live.
        """
        self._ask({"spare": spare})

    def _ask(self, request: dict[str, Any]) -> int:
        self._socket.send(json.dumps(request).encode())
        return int(json.loads(self._socket.recv(_MAX_ANSWER)))


@cache
def launcher() -> Launcher | None:
    """Who forks kernels for this driver; None where it has to start them itself."""
    descriptor = os.environ.pop(LAUNCHER, "")
    return Launcher(int(descriptor)) if descriptor else None


class ForkProvisioner(LocalProvisioner):
    """Has kernels forked; everything else is as for kernels that are started."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Have a kernel forked that behaves as if it had been started with a command."""
        forking = launcher()
        if forking is None:
            raise RuntimeError("nobody forks kernels here")
        environment = {name: str(value) for name, value in kwargs["env"].items()}
        self.pid = self.pgid = forking.kernel(cmd, str(kwargs["cwd"]), environment)
        self.process = cast("Any", Forked(self.pid))  # all that is asked of a Popen
        return self.connection_info
