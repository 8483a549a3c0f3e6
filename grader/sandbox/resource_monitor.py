"""Monitors a run from outside: its time, memory and disk use, without asking anything inside."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import psutil

from grader.sandbox.base import RunningSandbox

_POLL_SECONDS = 0.1
_MEMORY_EVERY = 3
"""Polls between two checks of the memory."""
_MAX_FILES = 50_000
_MAX_FULL_CHECKS = 50
"""Kill the run after this many consecutive checks that found its home over the limit."""


class ResourceMonitor:
    """Kills a run that exceeds a limit, or the process in it that uses too much."""

    def __init__(
        self,
        running: RunningSandbox,
        *,
        memory_bytes: int,
        disk_bytes: int,
        start_seconds: float,
        run_seconds: float,
    ) -> None:
        """Prepare to monitor a run.

        Args:
            running: The driver.
            memory: Maximum bytes of memory of all student processes together.
            disk: Maximum bytes in the home.
            start: Seconds until the kernel must have started.
            run: Seconds from then until the end.
        """
        self._running = running
        self._memory, self._disk, self._run = memory_bytes, disk_bytes, run_seconds
        self._deadline = monotonic() + start_seconds
        self._full_checks = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._monitor, daemon=True)
        self.limit_exceeded = ""
        """The limit that was exceeded, with its amount; empty if none was."""

    def start(self) -> None:
        """Start monitoring in a thread."""
        self._thread.start()

    def kernel_started(self) -> None:
        """Start the run's own time limit, now that the kernel has started."""
        self._deadline = monotonic() + self._run

    def stop(self) -> None:
        """Stop monitoring."""
        self._stop.set()
        self._thread.join()

    def _monitor(self) -> None:
        polls = 0
        while not self._stop.wait(_POLL_SECONDS):
            polls += 1
            if monotonic() > self._deadline:
                self.limit_exceeded = (
                    self.limit_exceeded or f"was still running {self._run:g} s after its start"
                )
                self._running.kill()
                return
            if polls % _MEMORY_EVERY == 0:
                self._check_memory()
            if self._running.home is not None:
                self._check_disk(self._running.home / "home")

    def _check_memory(self) -> None:
        """Kill the largest student process if all of them together use too much memory."""
        processes = list(_student_processes(self._running))
        if sum(map(_rss, processes)) <= self._memory:
            return  # RSS counts shared pages for every process: it is an upper bound
        sizes = {process: _pss(process) for process in processes}
        if sum(sizes.values()) > self._memory:
            self.limit_exceeded = f"used more than {self._memory / 2**30:g} GB of memory"
            _kill(max(sizes, key=lambda process: sizes[process]))

    def _check_disk(self, home: Path) -> None:
        # Listed first: a process that starts during the check finds a home cleared for it.
        processes = list(_student_processes(self._running))
        if not _exceeds_disk(home, self._disk):
            self._full_checks = 0
            return
        self.limit_exceeded = f"wrote more than {self._disk / 2**20:g} MB, or {_MAX_FILES} files"
        self._full_checks += 1
        for process in processes:
            _kill(process)  # the driver then clears their home
        if self._full_checks > _MAX_FULL_CHECKS:
            self._running.kill()


def _student_processes(running: RunningSandbox) -> Iterator[psutil.Process]:
    """Yield the driver's descendants, and detached processes, which become its siblings."""
    children: dict[int, list[psutil.Process]] = {}
    for process in psutil.process_iter(["ppid", "create_time"]):
        children.setdefault(process.info["ppid"], []).append(process)
    level = [running.process.pid]
    for _ in range(running.depth - 1):
        level = [child.pid for pid in level for child in children.get(pid, ())]
    siblings = [c for pid in level for c in children.get(pid, ())] if running.depth else []
    driver, *detached = sorted(siblings, key=lambda p: p.info["create_time"] or 0) or [None]
    waiting = list(detached) + children.get(driver.pid if driver else running.process.pid, [])
    while waiting:
        process = waiting.pop()
        yield process
        waiting += children.get(process.pid, [])


def _rss(process: psutil.Process) -> int:
    """Return the resident set size in bytes."""
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _pss(process: psutil.Process) -> int:
    """Return the proportional set size in bytes: a page that n processes share counts 1/n."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return _rss(process)


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.Error:
        return


def _exceeds_disk(folder: Path, limit: int) -> bool:
    """Return True if a folder holds more than `limit` bytes or `_MAX_FILES` files.

    Counting stops as soon as either is exceeded.
    """
    size = files = 0
    waiting = [str(folder)]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        for entry in entries:
            files += 1
            try:
                size += entry.stat(follow_symlinks=False).st_blocks * 512
            except OSError:
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
        if size > limit or files > _MAX_FILES:
            return True
    return False
