"""Landlock, seccomp and rlimits: for machines without user namespaces, course containers first.

Needs no privilege. Where the grader is root, the driver becomes another user as well.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil

from grader.errors import KernelError
from grader.sandbox import seccomp
from grader.sandbox.base import Grant, Running, Sandbox
from grader.sandbox.environment import environment
from grader.sandbox.inside.env_vars import FILTER, PATHS, WEIGHTS
from grader.sandbox.uid_pool import Slot
from grader.sandbox.unsandboxed import outside
from grader.sandbox.visible_paths import carved, view

_HERE = Path(__file__).with_name("inside")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_MACHINE = ("/proc/cpuinfo", "/proc/meminfo", "/proc/filesystems", "/sys/devices/system/cpu")


class Landlock:
    """Starts the driver in a Landlock domain of its own, under a supervisor."""

    name = "landlock"

    def missing(self) -> str | None:
        """Whether py_landlock and libseccomp are here, and Python can be read by another user."""
        if sys.platform != "linux":
            return "Landlock is for Linux"
        try:
            import py_landlock  # noqa: PLC0415 (Linux only)

            py_landlock.get_abi_version()
        except ImportError:
            return "py-landlock is not installed: pip install py-landlock"
        except (OSError, RuntimeError, py_landlock.LandlockError):
            return "this kernel has no Landlock, or it is switched off (Linux 5.13 or newer has it)"
        if os.geteuid() == 0 and (closed := _closed_to_others(Path(sys.executable))):
            return f"Python lies below {closed}, which only root can enter: install it elsewhere"
        return seccomp.missing()

    def start(self, command: Sequence[str], sandbox: Sandbox, *, errors: int) -> Running:
        """Start a command inside; see `Backend.start`."""
        with ExitStack() as stack:
            slot = stack.enter_context(Slot.take()) if os.geteuid() == 0 else None
            uid = slot.uid if slot else None
            base = stack.enter_context(_folders(uid))
            confined = {**_plan(sandbox, base, uid), "command": list(command)}
            plan = {
                "command": [*_script("confine.py"), json.dumps(confined)],
                "parent": os.getpid(),
                "uid": uid,
            }
            try:
                process = subprocess.Popen(  # noqa: S603 (our own driver)
                    [*_script("supervise.py"), json.dumps(plan)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    start_new_session=True,
                    env={},
                )
            except OSError as error:
                raise KernelError(f"The sandbox could not be started: {error}") from error
            clean = stack.pop_all().close
            return Running(process, depth=1, clean=clean, gentle=True, home=base)

    def parent(
        self, command: Sequence[str], sandbox: Sandbox, *, control: int, errors: int
    ) -> "subprocess.Popen[bytes]":
        """Start a warm parent; it stays outside, as the user that its children may cease to be."""
        return outside(command, sandbox, control=control, errors=errors)

    @contextmanager
    def grant(self, sandbox: Sandbox) -> Iterator[Grant]:
        """A folder of its own, and as root a user of its own."""
        with ExitStack() as stack:
            slot = stack.enter_context(Slot.take()) if os.geteuid() == 0 else None
            uid = slot.uid if slot else None
            base = stack.enter_context(_folders(uid))
            plan = _plan(sandbox, base, uid) | {"namespaces": None}
            yield Grant(plan=plan, depth=2, gentle=True, home=base)


def _plan(sandbox: Sandbox, base: Path, uid: int | None) -> dict[str, Any]:
    """What the driver gives up before anything else."""
    same_user = uid is None
    home, weights = str(base / "home"), str(base / "weights")
    kernel = b64encode(seccomp.build_for_kernel()).decode()
    paths = _paths(sandbox, [home, weights])
    more = {WEIGHTS: weights, FILTER: kernel, PATHS: json.dumps(paths)}
    return {
        "environment": environment(home, sandbox, **more),
        "home": home,
        "uid": uid,
        "rlimits": sandbox.rlimits,
        # The user's other processes count too, and there may be many.
        "processes": sandbox.processes + (_tasks_of_user() if same_user else 0),
        # The driver sees to what the notebook has started; for that it must find it.
        "landlock": {**paths, "read": [*paths["read"], "/proc"]},
        "seccomp": b64encode(seccomp.build(same_user=same_user)).decode(),
    }


def _paths(sandbox: Sandbox, own: list[str]) -> dict[str, Any]:
    whole, listed = carved(view(sandbox))
    devices = [f"/dev/{name}" for name in _DEVICES]
    if sandbox.device == "cuda":
        devices += map(str, Path("/dev").glob("nvidia*"))
    return {
        "library": sysconfig.get_paths()["purelib"],
        "read": [*map(str, whole), *_MACHINE],
        "list": [str(path) for path in listed],
        "write": [*own, *devices],
    }


@contextmanager
def _folders(uid: int | None) -> Iterator[Path]:
    """A folder for the sandbox's files, which it may enter and not change, and its home in it.

    Raises:
        KernelError: It cannot be made, or not be given away.
    """
    base = Path(tempfile.mkdtemp(prefix="grade-"))
    try:
        base.chmod(0o711 if uid is not None else 0o700)
        for name in ("home", "weights"):
            folder = base / name
            folder.mkdir(mode=0o700)
            if uid is not None:
                os.chown(folder, uid, uid)
        yield base
    except OSError as error:
        raise KernelError(f"The sandbox's home could not be made: {error}") from error
    finally:
        _remove(base)


def _remove(folder: Path) -> None:
    """Remove a folder whatever is in it: trees too deep for Python, closed ones."""
    commands = (["rm", "-rf"], ["chmod", "-R", "u+rwX"], ["rm", "-rf"])
    for command in commands:
        tool = shutil.which(command[0]) or command[0]
        subprocess.run([tool, *command[1:], "--", str(folder)], check=False, capture_output=True)  # noqa: S603 (the system's own tools on our own folder)
        if not folder.exists():
            return


def _script(name: str) -> list[str]:
    return [sys.executable, "-I", "-S", str(_HERE / name)]


def _tasks_of_user() -> int:
    """Threads of all processes of this user, as the kernel counts them."""
    uid = os.getuid()
    mine = psutil.process_iter(["uids", "num_threads"])
    return sum(
        p.info["num_threads"] or 1 for p in mine if p.info["uids"] and p.info["uids"].real == uid
    )


def _closed_to_others(path: Path) -> Path | None:
    """The first folder on the way that another user cannot pass through."""
    for place in (path, path.resolve()):
        for folder in reversed(place.parents):
            if not folder.stat().st_mode & 0o001:
                return folder
    return None
