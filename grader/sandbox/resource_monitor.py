"""Watching a run from outside: its time, its memory, its disk. Nothing inside is asked."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import psutil

from grader.sandbox.base import Running

_PAUSE = 0.1
_MEMORY_EVERY = 3
_MAX_FILES = 50_000
_LOOKS_FULL = 50
"""After that many looks at a home that stays full there is no hope for the run."""


class Watch:
    """Ends a run, or the process of it that takes too much, when a limit is passed."""

    def __init__(
        self, running: Running, *, memory: int, disk: int, start: float, run: float
    ) -> None:
        """Take what to watch.

        Args:
            running: The driver.
            memory: Bytes that the student's processes may take together.
            disk: Bytes that may lie in the home.
            start: Seconds until the kernel is up.
            run: Seconds from then to the end.
        """
        self._running = running
        self._memory, self._disk, self._run = memory, disk, run
        self._deadline = monotonic() + start
        self._full = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.overrun = ""
        """Which limit was passed, with its amount; empty when none was."""

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def up(self) -> None:
        """The kernel is up: from now on the run's own time counts."""
        self._deadline = monotonic() + self._run

    def stop(self) -> None:
        """Watch no more."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        rounds = 0
        while not self._stop.wait(_PAUSE):
            rounds += 1
            if monotonic() > self._deadline:
                self.overrun = self.overrun or f"was still running {self._run:g} s after its start"
                self._running.kill()
                return
            if rounds % _MEMORY_EVERY == 0:
                self._look_at_memory()
            if self._running.home is not None:
                self._look_at_disk(self._running.home / "home")

    def _look_at_memory(self) -> None:
        """Kill the largest of the student's processes when all of them take too much."""
        processes = list(_students(self._running))
        if sum(map(_resident, processes)) <= self._memory:
            return  # pages that several share counted for each: the truth is less
        sizes = {process: _proportional(process) for process in processes}
        if sum(sizes.values()) > self._memory:
            self.overrun = f"used more than {self._memory / 2**30:g} GB of memory"
            _kill(max(sizes, key=lambda process: sizes[process]))

    def _look_at_disk(self, home: Path) -> None:
        # Taken before: what starts while we look finds a home that has been cleared for it.
        processes = list(_students(self._running))
        if not _takes_more(home, self._disk):
            self._full = 0
            return
        self.overrun = f"wrote more than {self._disk / 2**20:g} MB, or {_MAX_FILES} files"
        self._full += 1
        for process in processes:
            _kill(process)  # the driver then clears their home
        if self._full > _LOOKS_FULL:
            self._running.kill()


def _students(running: Running) -> Iterator[psutil.Process]:
    """The processes below the driver, and those that were let go of and are beside it now."""
    below: dict[int, list[psutil.Process]] = {}
    for process in psutil.process_iter(["ppid", "create_time"]):
        below.setdefault(process.info["ppid"], []).append(process)
    level = [running.process.pid]
    for _ in range(running.depth - 1):
        level = [child.pid for pid in level for child in below.get(pid, ())]
    beside = [child for pid in level for child in below.get(pid, ())] if running.depth else []
    driver, *strays = sorted(beside, key=lambda p: p.info["create_time"] or 0) or [None]
    waiting = list(strays) + below.get(driver.pid if driver else running.process.pid, [])
    while waiting:
        process = waiting.pop()
        yield process
        waiting += below.get(process.pid, [])


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _proportional(process: psutil.Process) -> int:
    """Its share of memory: pages that n processes share count 1/n."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return _resident(process)


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.Error:
        return


def _takes_more(folder: Path, limit: int) -> bool:
    """Whether what lies below a folder takes more than a limit; counted no further than that."""
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
