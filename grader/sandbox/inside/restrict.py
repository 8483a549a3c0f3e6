"""The first thing that runs inside a sandbox: gives up what the process may do, then becomes it.

A script of its own, started with ``python -I -S`` and one argument of JSON; nothing but the
standard library and py_landlock is loaded. One thread, and exec at the end: Landlock and seccomp
bind the thread that asks for them and what comes after it.
"""

import ctypes
import json
import os
import resource
import struct
import sys
from base64 import b64decode
from typing import Any

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_SIGKILL = 9
_CAPABILITY_VERSION = 0x20080522
_INSTRUCTION = 8


def confine(plan: dict[str, Any]) -> None:
    """Give up everything that a plan does not grant, for good.

    Args:
        plan: ``uid`` to become or null, ``rlimits`` by name, ``processes``, ``landlock`` with its
            paths or null, ``seccomp`` as base64 or null.

    Raises:
        OSError: One of it failed: nothing may run then.
    """
    for name, amount in plan["rlimits"].items():
        _limit(getattr(resource, f"RLIMIT_{name}"), amount)
    if plan["uid"] is not None:
        os.setgroups([])
        os.setresgid(plan["uid"], plan["uid"], plan["uid"])
        os.setresuid(plan["uid"], plan["uid"], plan["uid"])
    _limit(resource.RLIMIT_NPROC, plan["processes"])  # not before: root's do not count
    libc = ctypes.CDLL(None, use_errno=True)
    if plan["uid"] is not None:
        _drop_capabilities(libc)
    _prctl(libc, _PR_SET_PDEATHSIG, _SIGKILL)
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1)
    if plan["landlock"] is not None:
        allow_paths(plan["landlock"])
    if plan["seccomp"] is not None:
        filter_system_calls(b64decode(plan["seccomp"]))


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """All sets of them: what is inheritable stays when the user changes."""
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    if libc.capset(header, bytes(24)):
        code = ctypes.get_errno()
        raise OSError(code, f"capset: {os.strerror(code)}")


def filter_system_calls(program: bytes) -> None:
    """Install a filter as libseccomp exports it.

    Raises:
        OSError: The kernel refuses it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    instructions = ctypes.create_string_buffer(program, len(program))
    address = ctypes.addressof(instructions)
    # struct sock_fprog: how many instructions, and where they are.
    header = struct.pack("HxxxxxxQ", len(program) // _INSTRUCTION, address)
    described = ctypes.create_string_buffer(header, len(header))
    _prctl(libc, _PR_SET_SECCOMP, _FILTER, ctypes.addressof(described))


def _limit(which: int, amount: int) -> None:
    hard = resource.getrlimit(which)[1]
    least = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(which, (least, least))


def allow_paths(paths: dict[str, Any]) -> None:
    """Enter a Landlock domain in which these can be opened and nothing else.

    Args:
        paths: ``read`` and ``write`` for what is used whole, ``list`` for folders whose names may
            be read, ``library`` for where py_landlock is.
    """
    sys.path.append(paths["library"])
    from py_landlock import AccessFs, Landlock  # noqa: PLC0415 (only where Landlock is used)

    read = AccessFs.READ_FILE | AccessFs.EXECUTE
    everything = ~(AccessFs.MAKE_CHAR | AccessFs.MAKE_BLOCK) & sum(AccessFs)
    file_rights = read | AccessFs.WRITE_FILE | AccessFs.TRUNCATE | AccessFs.IOCTL_DEV
    landlock = Landlock(strict=False)
    landlock.add_path_rule(*_folders(paths["read"]), access=read | AccessFs.READ_DIR)
    landlock.add_path_rule(*_files(paths["read"]), access=read)
    landlock.add_path_rule(*_folders(paths["list"]), access=AccessFs.READ_DIR)
    landlock.add_path_rule(*_folders(paths["write"]), access=AccessFs(everything))
    landlock.add_path_rule(*_files(paths["write"]), access=file_rights)
    landlock.apply()


def _folders(paths: list[str]) -> list[str]:
    return [path for path in paths if os.path.isdir(path)]  # noqa: PTH112 (pathlib costs 10 ms here)


def _files(paths: list[str]) -> list[str]:
    return [path for path in paths if os.path.exists(path) and not os.path.isdir(path)]  # noqa: PTH110, PTH112 (the same)


def _prctl(libc: ctypes.CDLL, option: int, *arguments: int) -> None:
    given = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *given):
        code = ctypes.get_errno()
        raise OSError(code, f"prctl {option}: {os.strerror(code)}")


def main() -> None:
    """Confine this process, then run the plan's command in its place."""
    plan = json.loads(sys.argv[1])
    try:
        confine(plan)
        os.umask(0o077)
        os.makedirs(plan["environment"]["TMPDIR"], exist_ok=True)  # noqa: PTH103 (pathlib: the same)
        os.chdir(plan["home"])
        os.execve(plan["command"][0], plan["command"], plan["environment"])  # noqa: S606 (no shell is meant)
    except Exception as error:  # noqa: BLE001 (a fault of ours has a result too)
        sys.exit(f"the sandbox could not be entered ({type(error).__name__}: {error})")


if __name__ == "__main__":
    main()
