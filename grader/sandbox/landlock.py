"""The Landlock backend: Landlock, seccomp and rlimits, for machines without user namespaces.

Needs no privilege, and works in most course containers. If the grader is root, the driver becomes
another user as well.
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
from grader.sandbox.base import Grant, RunningSandbox, SandboxLimits
from grader.sandbox.environment import sandbox_environment
from grader.sandbox.inside.env_vars import KERNEL_FILTER, KERNEL_PATHS, WEIGHTS
from grader.sandbox.uid_pool import SandboxUser
from grader.sandbox.unsandboxed import start_host_process
from grader.sandbox.visible_paths import allow_rules, visible_paths

_INSIDE = Path(__file__).with_name("inside")
_RESTRICT_SCRIPT, _SUPERVISOR_SCRIPT = _INSIDE / "restrict.py", _INSIDE / "supervisor.py"
_DEVICES = ("null", "zero", "full", "random", "urandom")
_SYSTEM_FILES = ("/proc/cpuinfo", "/proc/meminfo", "/proc/filesystems", "/sys/devices/system/cpu")


class Landlock:
    """Starts the driver in a Landlock domain of its own, under a supervisor."""

    name = "landlock"

    def unavailable_reason(self) -> str | None:
        """Return what is missing: Landlock, libseccomp, or a Python that other users can read."""
        if sys.platform != "linux":
            return "Landlock is for Linux"
        try:
            import py_landlock  # noqa: PLC0415 (Linux only)

            py_landlock.get_abi_version()
        except ImportError:
            return "py-landlock is not installed: pip install py-landlock"
        except (OSError, RuntimeError, py_landlock.LandlockError):
            return "this kernel has no Landlock, or it is switched off (Linux 5.13 or newer has it)"
        if os.geteuid() == 0 and (blocked := _other_users_blocked(Path(sys.executable))):
            return f"Python lies below {blocked}, which only root can enter: install it elsewhere"
        return seccomp.unavailable_reason()

    def start(
        self, command: Sequence[str], sandbox: SandboxLimits, *, errors: int
    ) -> RunningSandbox:
        """Start a command inside; see `Backend.start`."""
        with ExitStack() as stack:
            user = stack.enter_context(SandboxUser.acquire()) if os.geteuid() == 0 else None
            uid = user.uid if user else None
            base = stack.enter_context(_folders(uid))
            restricted = {**_plan(sandbox, base, uid), "command": list(command)}
            plan = {
                "command": [*_script_command(_RESTRICT_SCRIPT), json.dumps(restricted)],
                "parent": os.getpid(),
                "uid": uid,
            }
            try:
                process = subprocess.Popen(  # noqa: S603 (our own driver)
                    [*_script_command(_SUPERVISOR_SCRIPT), json.dumps(plan)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    start_new_session=True,
                    env={},
                )
            except OSError as error:
                raise KernelError(f"The sandbox could not be started: {error}") from error
            clean_up = stack.pop_all().close
            return RunningSandbox(process, depth=1, clean_up=clean_up, graceful=True, home=base)

    def start_fork_server(
        self, command: Sequence[str], sandbox: SandboxLimits, *, control: int, errors: int
    ) -> "subprocess.Popen[bytes]":
        """Start a fork server outside the sandbox, as a user that its children can change."""
        return start_host_process(command, sandbox, control=control, errors=errors)

    @contextmanager
    def grant(self, sandbox: SandboxLimits) -> Iterator[Grant]:
        """Grant a folder of its own, and a user of its own if the grader is root."""
        with ExitStack() as stack:
            user = stack.enter_context(SandboxUser.acquire()) if os.geteuid() == 0 else None
            uid = user.uid if user else None
            base = stack.enter_context(_folders(uid))
            plan = _plan(sandbox, base, uid) | {"namespaces": None}
            yield Grant(plan=plan, depth=2, graceful=True, home=base)


def _plan(sandbox: SandboxLimits, base: Path, uid: int | None) -> dict[str, Any]:
    """Return the restrictions that the driver's process applies to itself first."""
    same_user = uid is None
    home, weights = str(base / "home"), str(base / "weights")
    kernel_filter = b64encode(seccomp.build_for_kernel()).decode()
    paths = _paths(sandbox, [home, weights])
    more = {WEIGHTS: weights, KERNEL_FILTER: kernel_filter, KERNEL_PATHS: json.dumps(paths)}
    return {
        "environment": sandbox_environment(home, sandbox, **more),
        "home": home,
        "uid": uid,
        "rlimits": sandbox.rlimits,
        # RLIMIT_NPROC counts the user's other processes too, and there may be many.
        "processes": sandbox.processes + (_count_tasks() if same_user else 0),
        # The driver must find the processes that the notebook has started, to kill them.
        "landlock": {**paths, "read": [*paths["read"], "/proc"]},
        "seccomp": b64encode(seccomp.build(same_user=same_user)).decode(),
    }


def _paths(sandbox: SandboxLimits, own_folders: list[str]) -> dict[str, Any]:
    """Return the path rules for `restrict.allow_paths`."""
    readable, listed = allow_rules(visible_paths(sandbox))
    devices = [f"/dev/{name}" for name in _DEVICES]
    if sandbox.device == "cuda":
        devices += map(str, Path("/dev").glob("nvidia*"))
    return {
        "library": sysconfig.get_paths()["purelib"],
        "read": [*map(str, readable), *_SYSTEM_FILES],
        "list": [str(path) for path in listed],
        "write": [*own_folders, *devices],
    }


@contextmanager
def _folders(uid: int | None) -> Iterator[Path]:
    """Create a folder that the sandbox may enter but not change, with its home in it.

    Raises:
        KernelError: It cannot be created, or its owner cannot be changed.
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
    """Remove a folder with any contents: trees too deep for shutil.rmtree, unreadable folders."""
    commands = (["rm", "-rf"], ["chmod", "-R", "u+rwX"], ["rm", "-rf"])
    for command in commands:
        tool = shutil.which(command[0]) or command[0]
        subprocess.run([tool, *command[1:], "--", str(folder)], check=False, capture_output=True)  # noqa: S603 (the system's own tools on our own folder)
        if not folder.exists():
            return


def _script_command(script: Path) -> list[str]:
    return [sys.executable, "-I", "-S", str(script)]


def _count_tasks() -> int:
    """Count the threads of all processes of this user, as RLIMIT_NPROC does."""
    uid = os.getuid()
    processes = psutil.process_iter(["uids", "num_threads"])
    return sum(
        p.info["num_threads"] or 1
        for p in processes
        if p.info["uids"] and p.info["uids"].real == uid
    )


def _other_users_blocked(path: Path) -> Path | None:
    """Return the outermost folder above a path that other users cannot enter."""
    for place in (path, path.resolve()):
        for folder in reversed(place.parents):
            if not folder.stat().st_mode & 0o001:
                return folder
    return None
