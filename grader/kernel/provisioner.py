"""A jupyter_client kernel provisioner that forks kernels instead of starting them."""

import json
import os
import socket
from functools import cache
from typing import Any, cast

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from grader.sandbox.inside.env_vars import KERNEL_FORKER
from grader.sandbox.inside.forked_process import ForkedProcess

PROVISIONER_NAME = "induction-lab-forked"
"""Name of the entry point that registers this provisioner."""
_MAX_REPLY = 2**10


class KernelForker:
    """Client of the process that forks kernels for this driver (`grader.kernel.kernel_forker`)."""

    def __init__(self, descriptor: int) -> None:
        """Connect through an inherited socket.

        Args:
            descriptor: The socket's file descriptor.
        """
        self._socket = socket.socket(fileno=descriptor)

    def fork_kernel(self, command: list[str], folder: str, environment: dict[str, str]) -> int:
        """Fork a kernel.

        Args:
            command: Command line, the program first.
            folder: Working directory.
            environment: All of its environment variables.

        Returns:
            The kernel's process id.
        """
        kernel = {"command": command, "folder": folder, "environment": environment}
        return self._request({"kernel": kernel})

    def kill_others(self, spare: int | None = None) -> None:
        """Kill the processes that kernels have left running.

        Args:
            spare: Process id of a kernel that is not killed.
        """
        self._request({"spare": spare})

    def _request(self, request: dict[str, Any]) -> int:
        self._socket.send(json.dumps(request).encode())
        return int(json.loads(self._socket.recv(_MAX_REPLY)))


@cache
def find_kernel_forker() -> KernelForker | None:
    """Return the process that forks kernels for this driver; None if kernels are started."""
    descriptor = os.environ.pop(KERNEL_FORKER, "")
    return KernelForker(int(descriptor)) if descriptor else None


class ForkProvisioner(LocalProvisioner):
    """Provisions forked kernels; everything else is as for kernels that are started."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel that behaves as if it had been started with a command."""
        forker = find_kernel_forker()
        if forker is None:
            raise RuntimeError("the fork server is not running")
        environment = {name: str(value) for name, value in kwargs["env"].items()}
        self.pid = self.pgid = forker.fork_kernel(cmd, str(kwargs["cwd"]), environment)
        self.process = cast("Any", ForkedProcess(self.pid))  # the part of Popen that is used
        return self.connection_info
