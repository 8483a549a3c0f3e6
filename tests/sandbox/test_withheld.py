"""What a sandbox withholds, backend by backend, asked from the inside."""

import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

from grader.sandbox.base import Backend, Sandbox
from tests.sandbox.kernel_code import BACKENDS, said, tried

pytestmark = pytest.mark.parametrize("backend", BACKENDS)


@pytest.mark.parametrize(
    "package",
    ["reference", "rubrics", "student_template", "grader.judging.judge", "grader.answer_key.file"],
)
def test_answers_cannot_be_imported(backend: Backend, package: str) -> None:
    """Neither the reference nor the rubric nor what judges is there to be imported."""
    assert tried(backend, f"import {package}") in {"ModuleNotFoundError", "PermissionError"}


def test_what_the_driver_needs_is_there(backend: Backend) -> None:
    """The part of the grader that runs beside a notebook, and its libraries, can be imported."""
    code = "import grader.kernel.driver, grader.kernel.session, torch, transformer_lens"
    assert tried(backend, code) == "done"


def test_files_of_others_are_out_of_reach(backend: Backend, tmp_path: Path) -> None:
    """A file that all may read and write is not there to be read, written, cut or deleted."""
    file = tmp_path / "result"
    file.write_text("a result")
    file.chmod(0o666)
    for code in (
        f"print(open({str(file)!r}).read())",
        f"open({str(file)!r}, 'r+').write('x')",
        f"import os; os.truncate({str(file)!r}, 0)",
        f"import os; os.unlink({str(file)!r})",
        f"import os; os.rename({str(file)!r}, {str(file)!r} + '2')",
    ):
        assert tried(backend, code) in {"FileNotFoundError", "PermissionError"}
    tried(backend, f"import os; os.chmod({str(file)!r}, 0)")  # may be done in name only
    assert file.read_text() == "a result"
    assert file.stat().st_mode & 0o777 == 0o666


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK"])
def test_there_is_no_network(backend: Backend, family: str) -> None:
    """A socket to anywhere but this machine's own processes cannot even be made."""
    kind = "SOCK_RAW" if family in {"AF_NETLINK", "AF_PACKET"} else "SOCK_STREAM"
    code = f"import socket; socket.socket(socket.{family}, socket.{kind})"
    assert tried(backend, code) in {"OSError", "PermissionError"}


def test_services_outside_cannot_be_called(backend: Backend, tmp_path: Path) -> None:
    """A socket with a path or an abstract name is nobody's to call from inside."""
    for name in (str(tmp_path / "s"), f"\0grader-test-{os.getpid()}"):
        with closing(socket.socket(socket.AF_UNIX)) as service:
            service.bind(name)
            service.listen()
            if not name.startswith("\0"):
                Path(name).chmod(0o777)
            code = f"import socket; socket.socket(socket.AF_UNIX).connect({name!r})"
            expected = {"PermissionError", "ConnectionRefusedError", "FileNotFoundError"}
            assert tried(backend, code) in expected


@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",
        "libc.ptrace(0, 0, 0, 0)",
        "libc.chroot(b'/')",
        "libc.shmget(0, 9, 0o1600)",
    ],
)
def test_system_calls_no_notebook_needs_are_refused(backend: Backend, call: str) -> None:
    """Namespaces, other processes' memory, other roots, what outlives a process: none of it."""
    code = f"import ctypes; libc = ctypes.CDLL(None); print(0 if {call} == -1 else 1)"
    assert said(backend, code) == "0"


def test_the_environment_is_made_anew(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is set for the grader is set inside."""
    monkeypatch.setenv("PLATFORM_TOKEN", "a secret")
    assert "a secret" not in said(backend, "import os; print(dict(os.environ))")


def test_nobody_is_root(backend: Backend) -> None:
    """Whoever grades, student code runs as somebody who is not root, and stays so."""
    assert said(backend, "import os; print(os.getuid() != 0)") == "True"
    assert tried(backend, "import os; os.setuid(0)") in {"PermissionError", "OSError"}


def test_limits_are_held(backend: Backend) -> None:
    """Memory, open files, file size and processes end where the sandbox says."""
    sandbox = Sandbox(memory_bytes=2**30, open_files=128, home_bytes=2**24, processes=64)
    assert tried(backend, "x = bytearray(2 ** 31)", sandbox) == "MemoryError"
    assert tried(backend, "x = [open('/dev/null') for _ in range(200)]", sandbox) == "OSError"
    write = "open('x', 'wb').write(bytes(2 ** 25))"
    assert tried(backend, write, sandbox) == "OSError"
    fork = "import os, time\nfor _ in range(200): os.fork() or time.sleep(5)"
    assert tried(backend, fork, sandbox) == "BlockingIOError"


def test_the_home_is_its_own_and_new(backend: Backend) -> None:
    """Each run starts in an empty home it may write to; nothing of the last one is in it."""
    code = "import os; print(sorted(os.listdir('.'))); open('left', 'w').write('x')"
    assert said(backend, code) == said(backend, code) == "['tmp']"
