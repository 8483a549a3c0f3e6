"""A backend that forks drivers from a fork server, a process with all imports already done."""

import json
import os
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import IO, Any, Self

from grader.errors import KernelError, last_stderr_line
from grader.sandbox.base import ForkableBackend, RunningSandbox, SandboxLimits
from grader.sandbox.inside.forked_process import ForkedProcess

MAX_FORKS = 300
"""A fork server is replaced after this many forks, which bounds the memory it leaks."""
_START_SECONDS, _FORK_SECONDS = 120.0, 10.0
_CREDENTIALS_BYTES = struct.calcsize("3i")  # struct ucred: pid, uid, gid
_STDERR_BYTES = 4096


class ForkServer:
    """Forks drivers instead of starting them, in the sandbox of another backend."""

    def __init__(
        self, backend: ForkableBackend, sandbox: SandboxLimits, *, forks: int = MAX_FORKS
    ) -> None:
        """Prepare a fork server; the process starts when it is first needed.

        Args:
            backend: The backend that isolates the children.
            sandbox: Maximum limits of the children, and the models to build for all of them.
            forks: Number of children per process.
        """
        self._backend, self._sandbox, self._forks = backend, sandbox, forks
        self._server: _ServerProcess | None = None
        self._retired: list[_ServerProcess] = []
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The name of the underlying backend."""
        return self._backend.name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def clone(self) -> "ForkServer":
        """Return a fork server of the same kind with a process of its own."""
        return ForkServer(self._backend, self._sandbox, forks=self._forks)

    def close(self) -> None:
        """Kill the process and its children."""
        with self._lock:
            self._drop_server()
            for server in self._retired:
                server.kill()
            self._retired = []

    def ensure_running(self) -> None:
        """Start the process if none runs that may fork once more.

        Raises:
            KernelError: It cannot be started.
        """
        with self._lock:
            self._available_server()

    def unavailable_reason(self) -> str | None:
        """Return what this machine lacks, in one line."""
        if sys.platform != "linux":
            return "kernels are forked on Linux alone"
        return self._backend.unavailable_reason()

    def start(
        self, command: Sequence[str], sandbox: SandboxLimits, *, errors: int
    ) -> RunningSandbox:
        """Fork a driver, from a new process if the present one fails; see `Backend.start`."""
        with ExitStack() as stack:
            grant = stack.enter_context(self._backend.grant(sandbox))
            plan = {**grant.plan, "command": list(command)}
            process = self._fork(plan, errors)
            return RunningSandbox(
                process,
                depth=grant.depth,
                clean_up=stack.pop_all().close,
                graceful=grant.graceful,
                home=grant.home,
            )

    def _fork(self, plan: dict[str, Any], errors: int) -> ForkedProcess:
        """Fork a driver, from a new server process if the present one has ended.

        Raises:
            KernelError: No server could be started, or its child could not enter the sandbox.
        """
        with self._lock:
            fresh = self._server is None
            try:
                return self._available_server().fork(plan, errors)
            except OSError as error:
                self._drop_server()
                if fresh:
                    raise KernelError(
                        "A child of the fork server could not enter the sandbox: use --isolation "
                        "none, or run `grade doctor`."
                    ) from error
        return self._fork(plan, errors)

    def _available_server(self) -> "_ServerProcess":
        """Return a server that may fork once more; a used-up one ends with its last child."""
        self._retired = [server for server in self._retired if not server.has_ended()]
        if self._server is not None and self._server.has_ended():
            self._server = None
        if self._server is not None and self._server.forked >= self._forks:
            self._server.retire()
            self._retired.append(self._server)
            self._server = None
        if self._server is None:
            self._server = _ServerProcess(self._backend, self._sandbox)
        return self._server

    def _drop_server(self) -> None:
        if self._server is not None:
            self._server.kill()
        self._server = None


class _ServerProcess:
    """One process of a fork server, and the socket to it."""

    def __init__(self, backend: ForkableBackend, sandbox: SandboxLimits) -> None:
        self.forked = 0
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the process is)
        self._control, server_socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with server_socket:
            models = [sandbox.model, *sandbox.prebuilt]
            settings = {"control": server_socket.fileno(), "models": models}
            command = [sys.executable, "-P", "-m", "grader.kernel.forkserver", json.dumps(settings)]
            self._process = backend.start_fork_server(
                command, sandbox, control=server_socket.fileno(), errors=self._stderr.fileno()
            )
        self._control.settimeout(_START_SECONDS)
        try:
            ready = self._control.recv(16)
        except OSError:
            ready = b""
        if not ready:
            reason = self._last_stderr_line()
            self.kill()
            raise KernelError(f"The grading kernel could not be made ready: {reason}")

    def fork(self, plan: dict[str, Any], errors: int) -> ForkedProcess:
        """Fork a child and wait until it has entered its sandbox.

        Raises:
            OSError: This process has ended or refuses to fork.
        """
        self.forked += 1
        with ExitStack() as stack:
            own_socket, hello = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            stack.enter_context(own_socket)
            own_socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            own_socket.settimeout(_FORK_SECONDS)
            child_stdin, stdin = _pipe_pair(stack)
            stdout, child_stdout = _pipe_pair(stack)
            with hello, child_stdin, child_stdout:
                sent = [child_stdin.fileno(), child_stdout.fileno(), errors, hello.fileno()]
                socket.send_fds(self._control, [json.dumps(plan).encode()], sent)
            pid = _peer_pid(own_socket)
            stack.pop_all()
        own_socket.close()
        return ForkedProcess(pid, stdin, stdout)

    def retire(self) -> None:
        """Ask it to fork no more and to end with the last of its children."""
        with suppress(OSError):
            self._control.send(b"null")

    def has_ended(self) -> bool:
        """Return True, after releasing its resources, if it has ended by itself."""
        if self._process.poll() is None:
            return False
        self.kill()
        return True

    def kill(self) -> None:
        """Kill it and all of its children."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._stderr.close()

    def _last_stderr_line(self) -> str:
        self._stderr.seek(0)
        return (
            last_stderr_line(self._stderr.read(_STDERR_BYTES)) or "the fork server gave no reason"
        )


def _pipe_pair(stack: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    """Return the read end and the write end of a pipe, closed with the stack."""
    read, write = os.pipe()
    return stack.enter_context(os.fdopen(read, "rb")), stack.enter_context(os.fdopen(write, "wb"))


def _peer_pid(own_socket: socket.socket) -> int:
    """Receive the child's announcement and return its id, translated to this PID namespace.

    Linux fills in the SCM_CREDENTIALS of the message, so the child cannot lie.

    Raises:
        OSError: No announcement arrives.
    """
    message, ancillary, _flags, _address = own_socket.recvmsg(
        16, socket.CMSG_SPACE(_CREDENTIALS_BYTES)
    )
    for level, kind, data in ancillary:
        if message and (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            return int(struct.unpack("3i", data[:_CREDENTIALS_BYTES])[0])
    raise ConnectionResetError("the forked child did not announce itself")
