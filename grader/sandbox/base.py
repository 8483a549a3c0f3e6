"""Limits of a sandbox, the protocol that backends implement, and a handle to a running sandbox."""

import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from grader.errors import KernelError

_STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxLimits:
    """Resources of the processes of one submission; everything else is denied."""

    memory_bytes: int = 4 * 2**30
    """Maximum data segment (RLIMIT_DATA) of each process."""
    processes: int = 256
    """Maximum number of processes and threads together."""
    open_files: int = 512
    """Maximum open files of each process."""
    home_bytes: int = 256 * 2**20
    """Size of the home folder, and the maximum size of a file."""
    shm_bytes: int = 64 * 2**20
    """Size of /dev/shm."""
    weights_bytes: int = 2**20
    """Size of the folder for hidden models' weights, beside the home."""
    model: str = ""
    """The grading model; if it is a directory or in a hub's cache, that is made readable."""
    prebuilt: tuple[str, ...] = ()
    """Further models, all public, that a fork server builds for all of its kernels."""
    device: str = "cpu"
    """Torch device. ``cuda`` grants access to the NVIDIA driver's devices; ``auto`` does not."""

    @property
    def rlimits(self) -> dict[str, int]:
        """Resource limits of each process, by their RLIMIT names."""
        return {
            "DATA": self.memory_bytes,
            "NOFILE": self.open_files,
            "FSIZE": self.home_bytes,
            "CORE": 0,
        }


class Process(Protocol):
    """The common part of a child process and a process forked by a fork server."""

    @property
    def pid(self) -> int:
        """The process id in the grader's PID namespace."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """The write end of its standard input."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """The read end of its standard output."""

    def poll(self) -> int | None:
        """Return None while the process runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended.

        Raises:
            TimeoutExpired: It still runs.
        """

    def terminate(self) -> None:
        """Send SIGTERM."""

    def kill(self) -> None:
        """Send SIGKILL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Permissions of one child of a fork server, and how it is ended."""

    plan: dict[str, Any]
    """Plan for `grader.sandbox.inside.namespaces.enter_sandbox`."""
    depth: int
    graceful: bool = False
    home: Path | None = None


@dataclass(slots=True)
class RunningSandbox:
    """A running driver, and how to end it with everything it has started."""

    process: Process
    depth: int = 0
    """Levels between `process` and the driver; student processes are the driver's siblings or
    descendants."""
    clean_up: Callable[[], None] = field(default=lambda: None)
    """Called once nothing runs any more."""
    graceful: bool = False
    """True if SIGTERM makes the process end everything it has started."""
    home: Path | None = None
    """Folder of its files, if they are on a disk where nothing else limits their size."""

    @property
    def stdin(self) -> IO[bytes]:
        """The pipe to the driver's standard input."""
        return _require_pipe(self.process.stdin)

    @property
    def stdout(self) -> IO[bytes]:
        """The pipe from the driver's standard output."""
        return _require_pipe(self.process.stdout)

    def kill(self) -> None:
        """Kill everything that runs; `end` cleans up afterwards."""
        if self.process.poll() is None:
            self.process.terminate() if self.graceful else self.process.kill()

    def end(self) -> None:
        """Kill everything, wait until it is gone, and clean up."""
        _close(self.process.stdin)
        self.kill()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _close(self.process.stdout)
        self.clean_up()


class Backend(Protocol):
    """One way to isolate student code."""

    @property
    def name(self) -> str:
        """The name shown in reports and by `grade doctor`."""

    def unavailable_reason(self) -> str | None:
        """Return what this machine lacks for the backend, in one line; None if it can be tried."""

    def start(
        self, command: Sequence[str], sandbox: SandboxLimits, *, errors: int
    ) -> RunningSandbox:
        """Start a command inside.

        Args:
            command: The command line; standard input and output are pipes.
            sandbox: Its limits.
            errors: File descriptor for its standard error.

        Raises:
            KernelError: The command could not be started.
        """


class ForkableBackend(Backend, Protocol):
    """A backend whose drivers can be forked from a fork server instead of started."""

    def start_fork_server(
        self, command: Sequence[str], sandbox: SandboxLimits, *, control: int, errors: int
    ) -> "subprocess.Popen[bytes]":
        """Start a fork server, whose children enter the sandbox; it runs no student code itself.

        Args:
            command: The command line.
            sandbox: Maximum limits of its children.
            control: File descriptor of a socket that it inherits.
            errors: File descriptor for its standard error.

        Raises:
            KernelError: The command could not be started.
        """

    def grant(self, sandbox: SandboxLimits) -> AbstractContextManager[Grant]:
        """Reserve what one child of the fork server needs, for as long as it runs.

        Args:
            sandbox: The child's limits.

        Raises:
            KernelError: No user or folder is available.
        """


def _require_pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise KernelError("The driver has no pipes.")
    return stream


def _close(stream: IO[bytes] | None) -> None:
    try:
        if stream is not None:
            stream.close()
    except BrokenPipeError:
        return
