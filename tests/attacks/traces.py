"""Finds what a submission may leave on a machine: files, processes, IPC objects and locks."""

import ctypes
import fcntl
import hashlib
import os
import pwd
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psutil

from grader.answer_key.find import cached_key_path
from grader.answer_key.model import KeyRequest
from grader.rubric.load import load_rubric

RUBRIC = Path(__file__).parent / "rubric.yaml"
_MAX_READ_BYTES = 10 * 2**20
_PR_SET_CHILD_SUBREAPER = 36


def key_folder() -> Path:
    """Return the cache folder of answer keys."""
    return cached_key_path(load_rubric(RUBRIC), KeyRequest(device="cpu")).parent


def snapshot(root: Path) -> dict[str, str]:
    """Describe every file below a folder: mode, owner, size, times, attributes and a digest."""
    return {
        str(path.relative_to(root)): _description(path)
        for path in sorted(root.rglob("*"))
        if not path.is_socket()
    }


def _description(path: Path) -> str:
    state = path.lstat()
    parts = [oct(state.st_mode), str(state.st_uid), str(state.st_size)]
    if path.is_symlink():
        return " ".join([*parts, str(path.readlink())])
    if path.is_file():
        parts.append(str(state.st_mtime_ns))
        parts += os.listxattr(path) if hasattr(os, "listxattr") else []
        if state.st_size <= _MAX_READ_BYTES:
            parts.append(hashlib.sha256(path.read_bytes()).hexdigest()[:16])
    return " ".join(parts)


def diff_snapshots(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the differences between two snapshots, one line per file."""
    removed = [f"file gone: {name}" for name in before.keys() - after.keys()]
    created = [f"file made: {name}" for name in after.keys() - before.keys()]
    both = before.keys() & after.keys()
    return sorted(
        [*removed, *created, *(f"file changed: {n}" for n in both if before[n] != after[n])]
    )


def marked_files(tag: str) -> Iterator[Path]:
    """Yield files with a target's tag in their name, in every place that samples try."""
    for folder in dict.fromkeys(_places()):
        try:
            names = os.listdir(folder)  # noqa: PTH208 (names only, of folders with thousands)
        except OSError:
            continue
        yield from (folder / name for name in names if tag in name)


def _places() -> Iterator[Path]:
    """Yield the folders in which samples try to leave something."""
    shared = "/tmp /var/tmp /dev/shm /dev/mqueue /run /run/lock /var/lock /var/crash / /opt /srv"  # noqa: S108
    system = "/usr/bin /usr/local/bin /lib /etc/cron.d /etc/profile.d /etc/sudoers.d"
    system += " /etc/ld.so.conf.d /etc/systemd/system /etc/xdg/autostart /var/spool/cron/crontabs"
    yield from map(Path, (*shared.split(), *system.split(), "/sys/fs/cgroup"))
    paths = {name: Path(path) for name, path in sysconfig.get_paths().items()}
    yield from paths.values()
    yield from (paths["data"], paths["data"] / "bin", paths["stdlib"] / "__pycache__")
    yield from (paths["purelib"] / "numpy" / "__pycache__", key_folder(), key_folder().parent)
    yield key_folder().parent / "runs"
    homes = {entry.pw_dir for entry in pwd.getpwall() if entry.pw_uid in {0, os.getuid()}}
    for home in map(Path, sorted({*homes, str(Path.home())})):
        below = ".config .ssh .jupyter .local/bin .local/share/jupyter/kernels .cache"
        yield from (home, *(home / name for name in below.split()))
        yield home / ".ipython" / "profile_default" / "startup"


class Descendants:
    """Descendants of this process, including detached ones (it is a subreaper)."""

    def __enter__(self) -> Self:
        """Become a subreaper."""
        self._set_subreaper(1)
        self._before: set[int] = set()
        self.remember()
        return self

    def remember(self) -> None:
        """Ignore the processes that exist now."""
        self._before |= {process.pid for process in psutil.Process().children(recursive=True)}

    def __exit__(self, *_error: object) -> None:
        """Kill what is left, and stop being a subreaper."""
        for _ in range(20):
            leftovers = self.leftovers(patience=0)
            for process in leftovers:
                _kill(process)
            if not leftovers:
                break
        self._set_subreaper(0)

    @staticmethod
    def _set_subreaper(enabled: int) -> None:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, enabled, 0, 0, 0)

    def leftovers(self, patience: float = 2.0) -> list[psutil.Process]:
        """Return new living processes, after waiting a moment for those about to exit."""
        end = time.monotonic() + patience
        while True:
            alive = [p for p in self._new() if _is_alive(p)]
            if not alive or time.monotonic() > end:
                return alive
            time.sleep(0.05)

    def _new(self) -> list[psutil.Process]:
        children = psutil.Process().children(recursive=True)
        return [process for process in children if process.pid not in self._before]

    def ignore(self, pid: int) -> None:
        """Ignore a process that belongs to the target."""
        self._before.add(pid)


def _is_alive(process: psutil.Process) -> bool:
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            return True
        if process.ppid() == os.getpid():
            os.waitpid(process.pid, os.WNOHANG)
    except (psutil.Error, ChildProcessError):
        pass
    return False


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
        if process.ppid() == os.getpid():
            os.waitpid(process.pid, 0)
    except (psutil.Error, ChildProcessError):
        pass


def ipc_objects(key: int) -> list[tuple[str, int]]:
    """Return the System V objects with a key: their kinds and ids."""
    objects = []
    for kind in ("shm", "msg", "sem"):
        table = Path("/proc/sysvipc") / kind
        rows = table.read_text().splitlines()[1:] if table.is_file() else []
        objects += [(kind, int(row.split()[1])) for row in rows if int(row.split()[0]) == key]
    return objects


def remove_ipc_object(kind: str, number: int) -> None:
    """Remove a System V object."""
    libc = ctypes.CDLL(None)
    if kind == "sem":
        libc.semctl(number, 0, 0)
    else:
        getattr(libc, f"{kind}ctl")(number, 0, None)


def has_queue(tag: str, *, remove: bool = False) -> bool:
    """Return True if there is a POSIX message queue with a target's name."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mq_open"):
        return False
    name = f"/{tag}".encode()
    queue = libc.mq_open(name, os.O_RDONLY)
    if queue < 0:
        return False
    os.close(queue)
    if remove:
        libc.mq_unlink(name)
    return True


def is_locked(path: Path) -> bool:
    """Return True if a process holds a lock on a file."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
