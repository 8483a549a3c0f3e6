"""A backend whose drivers are forked from a process that has imported everything already."""

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

from grader.errors import KernelError, last_words
from grader.sandbox.base import Forkable, Running, Sandbox
from grader.sandbox.inside.forked_process import Forked

FORKS = 300
"""After that many a parent is replaced: what little it leaks does not add up."""
_START, _FORK = 120.0, 10.0
_CREDENTIALS = struct.calcsize("3i")
_MAX_WORD = 4096


class Warm:
    """Forks drivers instead of starting them; as a backend, it is the one it was made from."""

    def __init__(self, backend: Forkable, sandbox: Sandbox, *, forks: int = FORKS) -> None:
        """Take what keeps its children in; nothing is started yet.

        Args:
            backend: The backend.
            sandbox: What children may have at most, and the model to build for all of them.
            forks: How many children a parent has.
        """
        self._backend, self._sandbox, self._forks = backend, sandbox, forks
        self._parent: _Parent | None = None
        self._retired: list[_Parent] = []
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The backend's."""
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

    def anew(self) -> "Warm":
        """The same with a parent of its own."""
        return Warm(self._backend, self._sandbox, forks=self._forks)

    def close(self) -> None:
        """End the parent; its children with it."""
        with self._lock:
            self._forget()
            for parent in self._retired:
                parent.end()
            self._retired = []

    def ready(self) -> None:
        """Have a parent that can have one more child.

        Raises:
            KernelError: None can be started.
        """
        with self._lock:
            self._living()

    def missing(self) -> str | None:
        """What this machine lacks for it, in one line."""
        if sys.platform != "linux":
            return "kernels are forked on Linux alone"
        return self._backend.missing()

    def start(self, command: Sequence[str], sandbox: Sandbox, *, errors: int) -> Running:
        """Fork a driver, from a new parent if the last one fails; see `Backend.start`."""
        with ExitStack() as stack:
            grant = stack.enter_context(self._backend.grant(sandbox))
            plan = {**grant.plan, "command": list(command)}
            process = self._fork(plan, errors)
            clean = stack.pop_all().close
            return Running(
                process, depth=grant.depth, clean=clean, gentle=grant.gentle, home=grant.home
            )

    def _fork(self, plan: dict[str, Any], errors: int) -> Forked:
        """A driver, from a new parent if the one at hand has ended.

        Raises:
            KernelError: No parent could be started, or the sandbox not be entered.
        """
        with self._lock:
            fresh = self._parent is None
            try:
                return self._living().fork(plan, errors)
            except OSError as error:
                self._forget()
                if fresh:
                    raise KernelError(
                        "The sandbox could not be entered from a warm parent: use --isolation none,"
                        " or look at `grade doctor`."
                    ) from error
        return self._fork(plan, errors)

    def _living(self) -> "_Parent":
        """A parent that may have one more child; a full one ends with the last of its own."""
        self._retired = [parent for parent in self._retired if not parent.gone()]
        if self._parent is not None and self._parent.gone():
            self._parent = None
        if self._parent is not None and self._parent.forked >= self._forks:
            self._parent.let_go()
            self._retired.append(self._parent)
            self._parent = None
        if self._parent is None:
            self._parent = _Parent(self._backend, self._sandbox)
        return self._parent

    def _forget(self) -> None:
        if self._parent is not None:
            self._parent.end()
        self._parent = None


class _Parent:
    """One warm process and the socket to it."""

    def __init__(self, backend: Forkable, sandbox: Sandbox) -> None:
        self.forked = 0
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the process is)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            models = [sandbox.model, *sandbox.ahead]
            settings = {"control": theirs.fileno(), "models": models}
            command = [sys.executable, "-P", "-m", "grader.kernel.forkserver", json.dumps(settings)]
            self._process = backend.parent(
                command, sandbox, control=theirs.fileno(), errors=self._said.fileno()
            )
        self._control.settimeout(_START)
        try:
            ready = self._control.recv(16)
        except OSError:
            ready = b""
        if not ready:
            said = self._last_words()
            self.end()
            raise KernelError(f"The grading kernel could not be made ready: {said}")

    def fork(self, plan: dict[str, Any], errors: int) -> Forked:
        """A child that has entered its sandbox.

        Raises:
            OSError: This process has ended or refuses.
        """
        self.forked += 1
        with ExitStack() as stack:
            ours, hello = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            stack.enter_context(ours)
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            ours.settimeout(_FORK)
            reads, stdin = _pipe(stack)
            stdout, writes = _pipe(stack)
            with hello, reads, writes:
                theirs = [reads.fileno(), writes.fileno(), errors, hello.fileno()]
                socket.send_fds(self._control, [json.dumps(plan).encode()], theirs)
            pid = _sender(ours)
            stack.pop_all()
        ours.close()
        return Forked(pid, stdin, stdout)

    def let_go(self) -> None:
        """No more children; it ends with the last of those it has."""
        with suppress(OSError):
            self._control.send(b"null")

    def gone(self) -> bool:
        """Whether it has ended by itself."""
        if self._process.poll() is None:
            return False
        self.end()
        return True

    def end(self) -> None:
        """End it and all of its children."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._said.close()

    def _last_words(self) -> str:
        self._said.seek(0)
        return last_words(self._said.read(_MAX_WORD)) or "no word from its parent"


def _pipe(stack: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    """Both ends of a pipe, closed with the stack."""
    read, write = os.pipe()
    return stack.enter_context(os.fdopen(read, "rb")), stack.enter_context(os.fdopen(write, "wb"))


def _sender(hello: socket.socket) -> int:
    """Who sends the greeting: the kernel says so, in our own numbers.

    Raises:
        OSError: Nobody does.
    """
    greeting, extra, _flags, _address = hello.recvmsg(16, socket.CMSG_SPACE(_CREDENTIALS))
    for level, kind, data in extra:
        if greeting and (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            return int(struct.unpack("3i", data[:_CREDENTIALS])[0])
    raise ConnectionResetError("nobody is in")
