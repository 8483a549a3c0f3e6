"""What a sandbox is given, what a backend does with it, and what runs in one."""

import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from grader.errors import KernelError

_STOP_GRACE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """What the processes of one submission may have. What is not named here they may not."""

    memory_bytes: int = 4 * 2**30
    """Of data, each process."""
    processes: int = 256
    """Processes and threads together."""
    open_files: int = 512
    """Each process."""
    home_bytes: int = 256 * 2**20
    shm_bytes: int = 64 * 2**20
    weights_bytes: int = 2**20
    """For hidden models' weights, beside the home."""
    model: str = ""
    """The grading model; a directory, or weights in a hub's cache, are made readable."""
    ahead: tuple[str, ...] = ()
    """Further models that a warm parent builds for all of its kernels: public ones."""
    device: str = "cpu"
    """``cuda`` gives the graphics driver; ``auto`` does not."""

    @property
    def rlimits(self) -> dict[str, int]:
        """The limits of each process, by the kernel's names for them."""
        return {
            "DATA": self.memory_bytes,
            "NOFILE": self.open_files,
            "FSIZE": self.home_bytes,
            "CORE": 0,
        }


class Process(Protocol):
    """What there is to do with a process: a child of ours, or of a warm parent."""

    @property
    def pid(self) -> int:
        """As this process's namespace numbers it."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """Where it reads."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """Where it writes."""

    def poll(self) -> int | None:
        """None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            TimeoutExpired: It still runs.
        """

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one child of a warm parent may have, and how it is ended."""

    plan: dict[str, Any]
    """As `grader.sandbox.inside.namespaces` takes it."""
    depth: int
    gentle: bool = False
    home: Path | None = None


@dataclass(slots=True)
class Running:
    """A driver that was started, and how to end it with all it has started."""

    process: Process
    depth: int = 0
    """How far below this process the driver is: the student's processes are its equals or below."""
    clean: Callable[[], None] = field(default=lambda: None)
    """What is left to tidy away once nothing runs any more."""
    gentle: bool = False
    """Whether the process is asked to end and takes all it has started with it."""
    home: Path | None = None
    """Where its files are, if they are on a disk that has no limit for it."""

    @property
    def stdin(self) -> IO[bytes]:
        """Where the driver reads."""
        return _given(self.process.stdin)

    @property
    def stdout(self) -> IO[bytes]:
        """Where the driver writes."""
        return _given(self.process.stdout)

    def kill(self) -> None:
        """End everything that runs; what it left is cleaned up by `end`."""
        if self.process.poll() is None:
            self.process.terminate() if self.gentle else self.process.kill()

    def end(self) -> None:
        """End everything, wait until it is gone, and clean up."""
        _close(self.process.stdin)
        self.kill()
        try:
            self.process.wait(_STOP_GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _close(self.process.stdout)
        self.clean()


class Backend(Protocol):
    """One way to keep student code in."""

    @property
    def name(self) -> str:
        """As reports and `grade doctor` call it."""

    def missing(self) -> str | None:
        """What this machine lacks for it, in one line; None when it can be tried."""

    def start(self, command: Sequence[str], sandbox: Sandbox, *, errors: int) -> Running:
        """Start a command inside.

        Args:
            command: What to run; its standard input and output are pipes.
            sandbox: What it may have.
            errors: Where its standard error goes, a descriptor.

        Raises:
            KernelError: It could not be started.
        """


class Forkable(Backend, Protocol):
    """A backend whose drivers can be forked from a warm parent instead of started."""

    def parent(
        self, command: Sequence[str], sandbox: Sandbox, *, control: int, errors: int
    ) -> "subprocess.Popen[bytes]":
        """Start a warm parent, whose children enter the sandbox; no student code is its own.

        Args:
            command: What to run.
            sandbox: What its children may have at most.
            control: A socket that it inherits.
            errors: Where its standard error goes, a descriptor.

        Raises:
            KernelError: It could not be started.
        """

    def grant(self, sandbox: Sandbox) -> AbstractContextManager[Grant]:
        """What a child of that parent is given, for as long as it runs.

        Args:
            sandbox: What it may have.

        Raises:
            KernelError: There is nothing to give.
        """


def _given(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise KernelError("The driver has no pipes.")
    return stream


def _close(stream: IO[bytes] | None) -> None:
    try:
        if stream is not None:
            stream.close()
    except BrokenPipeError:
        return
