"""Restricts the process it runs in (user, capabilities, rlimits, Landlock, seccomp), then execs.

As a standalone script it is the first program inside a sandbox, started with ``python -I -S`` and
one argument of JSON; it loads only the standard library and py_landlock. It has one thread and ends
with exec, because Landlock and seccomp apply to the calling thread and its descendants.
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
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_SIGKILL = 9
_CAPABILITY_VERSION = 0x20080522
_INSTRUCTION_BYTES = 8


def confine(plan: dict[str, Any]) -> None:
    """Permanently drop every permission that the plan does not grant.

    Args:
        plan: ``uid`` to become or null, ``rlimits`` by name, ``processes``, ``landlock`` with its
            paths or null, ``seccomp`` as base64 or null.

    Raises:
        OSError: A restriction could not be applied; nothing may run then.
    """
    for name, amount in plan["rlimits"].items():
        _set_rlimit(getattr(resource, f"RLIMIT_{name}"), amount)
    if plan["uid"] is not None:
        os.setgroups([])
        os.setresgid(plan["uid"], plan["uid"], plan["uid"])
        os.setresuid(plan["uid"], plan["uid"], plan["uid"])
    # Only after the change of user: RLIMIT_NPROC does not count root's processes.
    _set_rlimit(resource.RLIMIT_NPROC, plan["processes"])
    libc = ctypes.CDLL(None, use_errno=True)
    if plan["uid"] is not None:
        _drop_capabilities(libc)
    _prctl(libc, _PR_SET_PDEATHSIG, _SIGKILL)
    # Without new privileges setuid programs gain nothing, and seccomp and Landlock need no root.
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1)
    if plan["landlock"] is not None:
        allow_paths(plan["landlock"])
    if plan["seccomp"] is not None:
        filter_system_calls(b64decode(plan["seccomp"]))


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Clear all capability sets: the inheritable set survives a change of user."""
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    if libc.capset(header, bytes(24)):
        code = ctypes.get_errno()
        raise OSError(code, f"capset: {os.strerror(code)}")


def filter_system_calls(program: bytes) -> None:
    """Install a seccomp filter in the BPF format that libseccomp exports.

    Raises:
        OSError: Linux refuses the filter.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    instructions = ctypes.create_string_buffer(program, len(program))
    address = ctypes.addressof(instructions)
    # struct sock_fprog: the number of instructions and a pointer to them.
    header = struct.pack("HxxxxxxQ", len(program) // _INSTRUCTION_BYTES, address)
    sock_fprog = ctypes.create_string_buffer(header, len(header))
    _prctl(libc, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(sock_fprog))


def _set_rlimit(which: int, amount: int) -> None:
    hard = resource.getrlimit(which)[1]
    limit = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(which, (limit, limit))


def allow_paths(paths: dict[str, Any]) -> None:
    """Enter a Landlock domain in which only the given paths can be opened.

    Args:
        paths: ``read`` and ``write`` for whole trees and files, ``list`` for folders whose names
            may be listed, ``library`` for the folder that contains py_landlock.
    """
    sys.path.append(paths["library"])
    from py_landlock import AccessFs, Landlock  # noqa: PLC0415 (only where Landlock is used)

    read = AccessFs.READ_FILE | AccessFs.EXECUTE
    everything = ~(AccessFs.MAKE_CHAR | AccessFs.MAKE_BLOCK) & sum(AccessFs)
    file_rights = read | AccessFs.WRITE_FILE | AccessFs.TRUNCATE | AccessFs.IOCTL_DEV
    landlock = Landlock(strict=False)
    landlock.add_path_rule(*_existing_folders(paths["read"]), access=read | AccessFs.READ_DIR)
    landlock.add_path_rule(*_existing_files(paths["read"]), access=read)
    landlock.add_path_rule(*_existing_folders(paths["list"]), access=AccessFs.READ_DIR)
    landlock.add_path_rule(*_existing_folders(paths["write"]), access=AccessFs(everything))
    landlock.add_path_rule(*_existing_files(paths["write"]), access=file_rights)
    landlock.apply()


def _existing_folders(paths: list[str]) -> list[str]:
    return [path for path in paths if os.path.isdir(path)]  # noqa: PTH112 (importing pathlib takes 10 ms)


def _existing_files(paths: list[str]) -> list[str]:
    return [path for path in paths if os.path.exists(path) and not os.path.isdir(path)]  # noqa: PTH110, PTH112 (the same)


def _prctl(libc: ctypes.CDLL, option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *padded):
        code = ctypes.get_errno()
        raise OSError(code, f"prctl {option}: {os.strerror(code)}")


def main() -> None:
    """Confine this process, then replace it with the plan's command."""
    plan = json.loads(sys.argv[1])
    try:
        confine(plan)
        os.umask(0o077)
        os.makedirs(plan["environment"]["TMPDIR"], exist_ok=True)  # noqa: PTH103 (the same)
        os.chdir(plan["home"])
        os.execve(plan["command"][0], plan["command"], plan["environment"])  # noqa: S606 (no shell is meant)
    except Exception as error:  # noqa: BLE001 (errors of the grader are reported too)
        sys.exit(f"could not enter the sandbox ({type(error).__name__}: {error})")


if __name__ == "__main__":
    main()
