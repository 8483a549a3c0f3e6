"""The bubblewrap backend: separate process, network and mount namespaces.

A path that is not mounted does not exist inside.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from grader.errors import KernelError
from grader.sandbox import seccomp
from grader.sandbox.base import Grant, RunningSandbox, SandboxLimits
from grader.sandbox.environment import FORK_SERVER_ENVIRONMENT, sandbox_environment
from grader.sandbox.inside.env_vars import WEIGHTS
from grader.sandbox.uid_pool import SandboxUser
from grader.sandbox.visible_paths import VisiblePaths, visible_paths

_HOME, _WEIGHTS_FOLDER = "/sandbox", "/weights"
"""Folders inside the sandbox; no real path lies below them."""
_RESTRICT_SCRIPT = Path(__file__).with_name("inside") / "restrict.py"
_UID = 1000


class Bubblewrap:
    """Starts the driver under bwrap, as a user other than root."""

    name = "bubblewrap"

    def unavailable_reason(self) -> str | None:
        """Return what is missing of bwrap and libseccomp."""
        if sys.platform != "linux":
            return "bubblewrap is for Linux"
        if shutil.which("bwrap") is None:
            return "bubblewrap is not installed: apt install bubblewrap"
        return seccomp.unavailable_reason()

    def start(
        self, command: Sequence[str], sandbox: SandboxLimits, *, errors: int
    ) -> RunningSandbox:
        """Start a command inside; see `Backend.start`."""
        with ExitStack() as stack:
            user = stack.enter_context(SandboxUser.acquire()) if os.geteuid() == 0 else None
            program = stack.enter_context(tempfile.TemporaryFile())
            program.write(seccomp.build(same_user=False))
            program.seek(0)
            plan = _plan(sandbox, user.uid if user else None)
            plan |= {"command": list(command)}
            arguments = [
                *_namespace_args(root=user is not None, fork_server=False),
                *_mount_args(visible_paths(sandbox), sandbox),
                *("--chdir", _HOME, "--seccomp", str(program.fileno())),
                # The script applies the limits, which would hinder bwrap itself, then execs.
                *("--", sys.executable, "-I", "-S", str(_RESTRICT_SCRIPT), json.dumps(plan)),
            ]
            process = _bwrap(
                arguments, pipe=subprocess.PIPE, errors=errors, inherited=program.fileno()
            )
            return RunningSandbox(process, depth=2 if user else 1, clean_up=stack.pop_all().close)

    def start_fork_server(
        self, command: Sequence[str], sandbox: SandboxLimits, *, control: int, errors: int
    ) -> "subprocess.Popen[bytes]":
        """Start a fork server inside, with the rights its children need to create namespaces."""
        variables = sandbox_environment(_HOME, sandbox, **FORK_SERVER_ENVIRONMENT)
        arguments = [
            *_namespace_args(root=os.geteuid() == 0, fork_server=True),
            *_mount_args(visible_paths(sandbox), sandbox),
            *("--chdir", _HOME),
            *(word for pair in variables.items() for word in ("--setenv", *pair)),
            *("--", *command),
        ]
        return _bwrap(arguments, pipe=subprocess.DEVNULL, errors=errors, inherited=control)

    @contextmanager
    def grant(self, sandbox: SandboxLimits) -> Iterator[Grant]:
        """Grant namespaces of its own, and a user of its own if the grader is root."""
        with ExitStack() as stack:
            user = stack.enter_context(SandboxUser.acquire()) if os.geteuid() == 0 else None
            folders = _private_mounts(sandbox)
            plan = _plan(sandbox, user.uid if user else None) | {
                "seccomp": b64encode(seccomp.build(same_user=False)).decode(),
                "namespaces": {
                    "user": user is None,
                    "folders": folders,
                    "seen": _visible_inside(sandbox, folders),
                },
            }
            yield Grant(plan=plan, depth=1)


def _visible_inside(sandbox: SandboxLimits, folders: Iterable[str]) -> list[str]:
    """Return visible paths in folders that are mounted empty, such as an environment in /tmp."""
    visible = visible_paths(sandbox)
    return sorted(
        {
            str(Path(folder) / path.relative_to(folder).parts[0])
            for folder in folders
            for path in (*visible.trees, *visible.grader)
            if Path(folder) in path.parents
        }
    )


def _private_mounts(sandbox: SandboxLimits) -> dict[str, int]:
    """Return the folders that start empty, with their sizes in bytes."""
    return {
        "/dev/shm": sandbox.shm_bytes,  # noqa: S108 (the sandbox's own)
        "/tmp": sandbox.home_bytes // 4,  # noqa: S108 (the same)
        _HOME: sandbox.home_bytes,
        _WEIGHTS_FOLDER: sandbox.weights_bytes,
    }


def _bwrap(
    arguments: list[str], *, pipe: int, errors: int, inherited: int
) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 (bwrap, found on the path, and our own program)
            [shutil.which("bwrap") or "bwrap", *arguments],
            stdin=pipe,
            stdout=pipe,
            stderr=errors,
            pass_fds=(inherited,),
            start_new_session=True,
            env={},
        )
    except OSError as error:
        raise KernelError(f"bubblewrap could not be started: {error}") from error


def _namespace_args(*, root: bool, fork_server: bool) -> Iterator[str]:
    """Return bwrap's arguments for namespaces and capabilities.

    Root needs no user namespace and becomes another real user inside. A fork server keeps the right
    to unshare once more for each of its children.
    """
    yield from ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts")
    yield from ("--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv")
    yield from ("--cap-drop", "ALL")
    if root:
        yield from ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
        yield from ("--cap-add", "CAP_SYS_ADMIN") if fork_server else ()
    else:
        yield from ("--unshare-user", "--uid", str(_UID), "--gid", str(_UID))
        yield from () if fork_server else ("--disable-userns",)
        # Otherwise bwrap runs beside the driver as the notebook's user, with the driver's pipes.
        yield "--as-pid-1"


def _mount_args(visible: VisiblePaths, sandbox: SandboxLimits) -> Iterator[str]:
    """Return bwrap's mounts: empty folders, then readable trees, then what is hidden in them."""
    yield from ("--proc", "/proc", "--dev", "/dev")
    for folder, size in _private_mounts(sandbox).items():
        yield from ("--perms", "1777", "--size", str(size), "--tmpfs", folder)
    yield from ("--ro-bind-try", "/sys/devices/system/cpu", "/sys/devices/system/cpu")
    for parent in _parent_dirs(visible):
        yield from ("--perms", "0755", "--dir", str(parent))
    for path in visible.trees:
        yield from _bind_args(path)
    hidden = [str(p) for p in visible.hidden if any(tree in p.parents for tree in visible.trees)]
    yield from (word for path in hidden for word in ("--perms", "0755", "--tmpfs", path))
    covered = set(map(Path, hidden))
    inner = {p for path in visible.grader for p in path.parents if covered & set(p.parents)}
    for parent in sorted(inner):
        yield from ("--perms", "0755", "--dir", str(parent))
    for path in visible.grader:
        yield from _bind_args(path)
    yield from (word for path in hidden for word in ("--remount-ro", path))
    if sandbox.device == "cuda":
        for device in sorted(Path("/dev").glob("nvidia*")):
            yield from ("--dev-bind-try", str(device), str(device))
    yield from ("--remount-ro", "/dev", "--remount-ro", "/")


def _bind_args(path: Path) -> tuple[str, str, str]:
    if path.is_symlink():
        return ("--symlink", str(path.readlink()), str(path))
    return ("--ro-bind", str(path), str(path))


def _parent_dirs(visible: VisiblePaths) -> list[Path]:
    """Return the folders above the mounts, outermost first.

    bwrap would create them without access for other users.
    """
    parents = {parent for path in (*visible.trees, *visible.grader) for parent in path.parents}
    inside = {p for p in parents if any(tree == p or tree in p.parents for tree in visible.trees)}
    return sorted(parents - inside - {Path("/"), Path("/tmp")})  # noqa: S108 (mounted above)


def _plan(sandbox: SandboxLimits, uid: int | None) -> dict[str, Any]:
    """Return the restrictions that the driver applies to itself once it is inside."""
    return {
        "environment": sandbox_environment(_HOME, sandbox, **{WEIGHTS: _WEIGHTS_FOLDER}),
        "home": _HOME,
        "uid": uid,
        "rlimits": sandbox.rlimits,
        "processes": sandbox.processes,
        "landlock": None,
        "seccomp": None,
    }
