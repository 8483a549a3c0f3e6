"""bubblewrap: own namespaces for processes, network, files. What is not mounted is not there."""

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
from grader.sandbox.base import Grant, Running, Sandbox
from grader.sandbox.environment import PARENTS, environment
from grader.sandbox.inside.env_vars import WEIGHTS
from grader.sandbox.uid_pool import Slot
from grader.sandbox.visible_paths import View, view

HOME, OWN_WEIGHTS = "/sandbox", "/weights"
"""Places no real path is below."""
_CONFINE = Path(__file__).with_name("inside") / "restrict.py"
_UID = 1000


class Bubblewrap:
    """Starts the driver under bwrap, as a real user that is not root."""

    name = "bubblewrap"

    def missing(self) -> str | None:
        """Whether bwrap and libseccomp are here."""
        if sys.platform != "linux":
            return "bubblewrap is for Linux"
        if shutil.which("bwrap") is None:
            return "bubblewrap is not installed: apt install bubblewrap"
        return seccomp.missing()

    def start(self, command: Sequence[str], sandbox: Sandbox, *, errors: int) -> Running:
        """Start a command inside; see `Backend.start`."""
        with ExitStack() as stack:
            slot = stack.enter_context(Slot.take()) if os.geteuid() == 0 else None
            program = stack.enter_context(tempfile.TemporaryFile())
            program.write(seccomp.build(same_user=False))
            program.seek(0)
            plan = _plan(sandbox, slot.uid if slot else None)
            plan |= {"command": list(command)}
            arguments = [
                *_namespaces(root=slot is not None, warm=False),
                *_files(view(sandbox), sandbox),
                *("--chdir", HOME, "--seccomp", str(program.fileno())),
                # Limits first, which would hinder bwrap itself, then the command.
                *("--", sys.executable, "-I", "-S", str(_CONFINE), json.dumps(plan)),
            ]
            process = _bwrap(arguments, pipe=subprocess.PIPE, errors=errors, kept=program.fileno())
            return Running(process, depth=2 if slot else 1, clean=stack.pop_all().close)

    def parent(
        self, command: Sequence[str], sandbox: Sandbox, *, control: int, errors: int
    ) -> "subprocess.Popen[bytes]":
        """Start a warm parent inside, with the rights its children need to enter further in."""
        set_there = environment(HOME, sandbox, **PARENTS)
        arguments = [
            *_namespaces(root=os.geteuid() == 0, warm=True),
            *_files(view(sandbox), sandbox),
            *("--chdir", HOME),
            *(word for pair in set_there.items() for word in ("--setenv", *pair)),
            *("--", *command),
        ]
        return _bwrap(arguments, pipe=subprocess.DEVNULL, errors=errors, kept=control)

    @contextmanager
    def grant(self, sandbox: Sandbox) -> Iterator[Grant]:
        """Namespaces of its own, and as root a user of its own."""
        with ExitStack() as stack:
            slot = stack.enter_context(Slot.take()) if os.geteuid() == 0 else None
            folders = _own(sandbox)
            plan = _plan(sandbox, slot.uid if slot else None) | {
                "seccomp": b64encode(seccomp.build(same_user=False)).decode(),
                "namespaces": {"user": slot is None, "folders": folders} | _again(sandbox, folders),
            }
            yield Grant(plan=plan, depth=1)


def _again(sandbox: Sandbox, folders: Iterable[str]) -> dict[str, list[str]]:
    """What of the view lies in folders that are made anew: an environment in /tmp, say."""
    seen = view(sandbox)
    return {
        "seen": sorted(
            {
                str(Path(folder) / path.relative_to(folder).parts[0])
                for folder in folders
                for path in (*seen.trees, *seen.grader)
                if Path(folder) in path.parents
            }
        )
    }


def _own(sandbox: Sandbox) -> dict[str, int]:
    """Folders that start empty, with their sizes."""
    return {
        "/dev/shm": sandbox.shm_bytes,  # noqa: S108 (the sandbox's own)
        "/tmp": sandbox.home_bytes // 4,  # noqa: S108 (the same)
        HOME: sandbox.home_bytes,
        OWN_WEIGHTS: sandbox.weights_bytes,
    }


def _bwrap(arguments: list[str], *, pipe: int, errors: int, kept: int) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 (bwrap, found on the path, and our own program)
            [shutil.which("bwrap") or "bwrap", *arguments],
            stdin=pipe,
            stdout=pipe,
            stderr=errors,
            pass_fds=(kept,),
            start_new_session=True,
            env={},
        )
    except OSError as error:
        raise KernelError(f"bubblewrap could not be started: {error}") from error


def _namespaces(*, root: bool, warm: bool) -> Iterator[str]:
    """Everything unshared. Root needs no user namespace, and becomes a real other user inside.

    A warm parent keeps the right to unshare once more for each of its children.
    """
    yield from ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts")
    yield from ("--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv")
    yield from ("--cap-drop", "ALL")
    if root:
        yield from ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
        yield from ("--cap-add", "CAP_SYS_ADMIN") if warm else ()
    else:
        yield from ("--unshare-user", "--uid", str(_UID), "--gid", str(_UID))
        yield from () if warm else ("--disable-userns",)
        # Or bwrap would be beside the driver as the notebook's equal, with the same pipes.
        yield "--as-pid-1"


def _files(seen: View, sandbox: Sandbox) -> Iterator[str]:
    """Own empty folders first, then what is read, then what is hidden in it."""
    yield from ("--proc", "/proc", "--dev", "/dev")
    for folder, size in _own(sandbox).items():
        yield from ("--perms", "1777", "--size", str(size), "--tmpfs", folder)
    yield from ("--ro-bind-try", "/sys/devices/system/cpu", "/sys/devices/system/cpu")
    for passage in _on_the_way(seen):
        yield from ("--perms", "0755", "--dir", str(passage))
    for path in seen.trees:
        yield from _bound(path)
    hidden = [str(p) for p in seen.hidden if any(tree in p.parents for tree in seen.trees)]
    yield from (word for path in hidden for word in ("--perms", "0755", "--tmpfs", path))
    covered = set(map(Path, hidden))
    inner = {p for path in seen.grader for p in path.parents if covered & set(p.parents)}
    for passage in sorted(inner):
        yield from ("--perms", "0755", "--dir", str(passage))
    for path in seen.grader:
        yield from _bound(path)
    yield from (word for path in hidden for word in ("--remount-ro", path))
    if sandbox.device == "cuda":
        for device in sorted(Path("/dev").glob("nvidia*")):
            yield from ("--dev-bind-try", str(device), str(device))
    yield from ("--remount-ro", "/dev", "--remount-ro", "/")


def _bound(path: Path) -> tuple[str, str, str]:
    if path.is_symlink():
        return ("--symlink", str(path.readlink()), str(path))
    return ("--ro-bind", str(path), str(path))


def _on_the_way(seen: View) -> list[Path]:
    """The folders above what is mounted, outermost first; bwrap would close them to others."""
    parents = {parent for path in (*seen.trees, *seen.grader) for parent in path.parents}
    inside = {p for p in parents if any(tree == p or tree in p.parents for tree in seen.trees)}
    return sorted(parents - inside - {Path("/"), Path("/tmp")})  # noqa: S108 (made above)


def _plan(sandbox: Sandbox, uid: int | None) -> dict[str, Any]:
    """What the driver gives up once it is inside."""
    return {
        "environment": environment(HOME, sandbox, **{WEIGHTS: OWN_WEIGHTS}),
        "home": HOME,
        "uid": uid,
        "rlimits": sandbox.rlimits,
        "processes": sandbox.processes,
        "landlock": None,
        "seccomp": None,
    }
