"""Each backend denies what it should, tested from the inside."""

import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

from grader.sandbox.base import Backend, SandboxLimits
from tests.sandbox.kernel_code import BACKENDS, outcome_of, output_of

pytestmark = pytest.mark.parametrize("backend", BACKENDS)


@pytest.mark.parametrize(
    "package",
    ["reference", "rubrics", "student_template", "grader.judging.judge", "grader.answer_key.file"],
)
def test_answers_cannot_be_imported(backend: Backend, package: str) -> None:
    """The reference, the rubric and the judging code cannot be imported."""
    assert outcome_of(backend, f"import {package}") in {"ModuleNotFoundError", "PermissionError"}


def test_the_drivers_code_can_be_imported(backend: Backend) -> None:
    """The part of the grader that runs beside a notebook, and its libraries, can be imported."""
    code = "import grader.kernel.driver, grader.kernel.session, torch, transformer_lens"
    assert outcome_of(backend, code) == "done"


def test_files_of_others_are_out_of_reach(backend: Backend, tmp_path: Path) -> None:
    """A world-writable file outside cannot be read, written, truncated or deleted."""
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
        assert outcome_of(backend, code) in {"FileNotFoundError", "PermissionError"}
    outcome_of(
        backend, f"import os; os.chmod({str(file)!r}, 0)"
    )  # may report success and do nothing
    assert file.read_text() == "a result"
    assert file.stat().st_mode & 0o777 == 0o666


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK"])
def test_there_is_no_network(backend: Backend, family: str) -> None:
    """Only Unix sockets can be created."""
    kind = "SOCK_RAW" if family in {"AF_NETLINK", "AF_PACKET"} else "SOCK_STREAM"
    code = f"import socket; socket.socket(socket.{family}, socket.{kind})"
    assert outcome_of(backend, code) in {"OSError", "PermissionError"}


def test_services_outside_cannot_be_called(backend: Backend, tmp_path: Path) -> None:
    """Outside sockets with a path or an abstract name cannot be connected to."""
    for name in (str(tmp_path / "s"), f"\0grader-test-{os.getpid()}"):
        with closing(socket.socket(socket.AF_UNIX)) as service:
            service.bind(name)
            service.listen()
            if not name.startswith("\0"):
                Path(name).chmod(0o777)
            code = f"import socket; socket.socket(socket.AF_UNIX).connect({name!r})"
            expected = {"PermissionError", "ConnectionRefusedError", "FileNotFoundError"}
            assert outcome_of(backend, code) in expected


@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",
        "libc.ptrace(0, 0, 0, 0)",
        "libc.chroot(b'/')",
        "libc.shmget(0, 9, 0o1600)",
    ],
)
def test_dangerous_system_calls_are_refused(backend: Backend, call: str) -> None:
    """unshare, ptrace, chroot and System V memory are refused."""
    code = f"import ctypes; libc = ctypes.CDLL(None); print(0 if {call} == -1 else 1)"
    assert output_of(backend, code) == "0"


def test_the_environment_is_not_inherited(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The grader's environment variables are not set inside."""
    monkeypatch.setenv("PLATFORM_TOKEN", "a secret")
    assert "a secret" not in output_of(backend, "import os; print(dict(os.environ))")


def test_nobody_is_root(backend: Backend) -> None:
    """Student code never runs as root and cannot become root, whoever grades."""
    assert output_of(backend, "import os; print(os.getuid() != 0)") == "True"
    assert outcome_of(backend, "import os; os.setuid(0)") in {"PermissionError", "OSError"}


def test_limits_are_enforced(backend: Backend) -> None:
    """Memory, open files, file size and processes are limited."""
    sandbox = SandboxLimits(memory_bytes=2**30, open_files=128, home_bytes=2**24, processes=64)
    assert outcome_of(backend, "x = bytearray(2 ** 31)", sandbox) == "MemoryError"
    assert outcome_of(backend, "x = [open('/dev/null') for _ in range(200)]", sandbox) == "OSError"
    write = "open('x', 'wb').write(bytes(2 ** 25))"
    assert outcome_of(backend, write, sandbox) == "OSError"
    fork = "import os, time\nfor _ in range(200): os.fork() or time.sleep(5)"
    assert outcome_of(backend, fork, sandbox) == "BlockingIOError"


def test_each_run_has_a_new_home(backend: Backend) -> None:
    """Each run starts in an empty, writable home without files of the previous run."""
    code = "import os; print(sorted(os.listdir('.'))); open('left', 'w').write('x')"
    assert output_of(backend, code) == output_of(backend, code) == "['tmp']"
