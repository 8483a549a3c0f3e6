"""A process that another has forked for us, held by a descriptor that no third can take over."""

import os
import select
import signal
import subprocess
from time import monotonic
from typing import IO


class Forked:
    """Looks like a `subprocess.Popen` to those who wait for a process or end it.

    What it ended with is its parent's to know; here it counts as killed.
    """

    stderr = None

    def __init__(
        self, pid: int, stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None
    ) -> None:
        """Take a process.

        Args:
            pid: Its number here.
            stdin: Where it reads, if that is ours.
            stdout: Where it writes, if that is ours.
        """
        self.pid = pid
        self.stdin, self.stdout = stdin, stdout
        self.returncode: int | None = None
        try:
            self._descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            self._descriptor = -1
            self.returncode = -signal.SIGKILL

    def __del__(self) -> None:
        self._forget()

    def poll(self) -> int | None:
        """None while it runs."""
        if self.returncode is None and self._ended(0):
            self.returncode = -signal.SIGKILL
            self._forget()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Args:
            timeout: Seconds to wait at most.

        Raises:
            TimeoutExpired: It still runs.
        """
        deadline = None if timeout is None else monotonic() + timeout
        while self.poll() is None:
            left = None if deadline is None else deadline - monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self._ended(left)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Send it a signal; nothing happens once it has ended."""
        if self.poll() is None:
            try:
                signal.pidfd_send_signal(self._descriptor, number)
            except ProcessLookupError:
                return

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, seconds: float | None) -> bool:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        return bool(poll.poll(None if seconds is None else max(seconds, 0) * 1000))

    def _forget(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
