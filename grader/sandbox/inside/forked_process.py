"""A Popen-like handle (pidfd) for a process forked on our behalf by the fork server.

A pidfd cannot come to refer to another process, as a reused process id can.
"""

import os
import select
import signal
import subprocess
from time import monotonic
from typing import IO


class ForkedProcess:
    """Implements the part of `subprocess.Popen` that waits for a process or ends it.

    Only the parent learns the exit status; here every ended process counts as killed.
    """

    stderr = None

    def __init__(
        self, pid: int, stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None
    ) -> None:
        """Open a pidfd.

        Args:
            pid: Process id in this process's PID namespace.
            stdin: Write end of the process's standard input, if it is a pipe of ours.
            stdout: Read end of its standard output, if it is a pipe of ours.
        """
        self.pid = pid
        self.stdin, self.stdout = stdin, stdout
        self.returncode: int | None = None
        try:
            self._pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            self._pidfd = -1
            self.returncode = -signal.SIGKILL

    def __del__(self) -> None:
        self._close_pidfd()

    def poll(self) -> int | None:
        """Return None while the process runs."""
        if self.returncode is None and self._wait_for_end(0):
            self.returncode = -signal.SIGKILL
            self._close_pidfd()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended.

        Args:
            timeout: Maximum wait in seconds.

        Raises:
            TimeoutExpired: The process still runs.
        """
        deadline = None if timeout is None else monotonic() + timeout
        while self.poll() is None:
            left = None if deadline is None else deadline - monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self._wait_for_end(left)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Send a signal; does nothing once the process has ended."""
        if self.poll() is None:
            try:
                signal.pidfd_send_signal(self._pidfd, number)
            except ProcessLookupError:
                return

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _wait_for_end(self, seconds: float | None) -> bool:
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(None if seconds is None else max(seconds, 0) * 1000))

    def _close_pidfd(self) -> None:
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1
