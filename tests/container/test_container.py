"""The emulated container grants what a course platform does: root, with Docker's restrictions."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.container.__main__ import NOT_STARTED, PROJECT, unavailable_reason

REASON = unavailable_reason()
pytestmark = [pytest.mark.skipif(bool(REASON), reason=REASON), pytest.mark.long]

DOCKER_CAPABILITIES = "00000000a80425fb"
PRINT_ABI = "import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))"


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `python -m tests.container`."""
    command = [sys.executable, "-m", "tests.container", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=PROJECT)


def look(*options: str) -> dict[str, Any]:
    """Return what a process inside reports."""
    result = run(*options, "--", "python", "-m", "tests.container.look")
    assert result.returncode == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    return report


@pytest.fixture(scope="module")
def inside() -> dict[str, Any]:
    """The report of a process in a default container."""
    return look()


def test_the_process_is_docker_s_root(inside: dict[str, Any]) -> None:
    """The process is root and has id 1, with Docker's capabilities and filter."""
    assert (inside["uid"], inside["pid"]) == (0, 1)
    assert inside["CapEff"] == inside["CapBnd"] == DOCKER_CAPABILITIES
    assert int(inside["CapInh"], 16) == 0
    assert (inside["Seccomp"], inside["NoNewPrivs"]) == ("2", "0")


@pytest.mark.parametrize("name", ["user_namespace", "mount_namespace", "mount", "io_uring"])
def test_blocked_calls_are_refused(inside: dict[str, Any], name: str) -> None:
    """Docker's filter refuses namespaces, mounts and io_uring with EPERM."""
    assert inside[name] == -errno.EPERM


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="its number is x86-64's")
def test_key_rings_are_blocked(inside: dict[str, Any]) -> None:
    """The kernel's key rings are not accessible."""
    assert inside["keyctl"] == -errno.EPERM


def test_clone3_seems_unknown(inside: dict[str, Any]) -> None:
    """clone3 returns ENOSYS, so that libc falls back to `clone`, whose flags can be filtered."""
    assert inside["clone3"] == -errno.ENOSYS


def test_bubblewrap_fails(inside: dict[str, Any]) -> None:
    """bubblewrap, which needs namespaces, does not work although it is installed."""
    assert shutil.which("bwrap") is None or inside["bwrap"] not in {0, 127}


def test_landlock_is_the_kernel_s(inside: dict[str, Any]) -> None:
    """The container has the version of Landlock that the host has."""
    outside = subprocess.run([sys.executable, "-c", PRINT_ABI], check=True, capture_output=True)
    if int(outside.stdout) < 1:
        pytest.skip("this kernel has no Landlock")
    assert inside["landlock"] == int(outside.stdout)


def test_landlock_can_be_missing() -> None:
    """`--no-landlock` emulates a kernel without Landlock and changes nothing else."""
    report = look("--no-landlock")
    assert report["landlock"] == -errno.ENOSYS
    assert report["mount"] == -errno.EPERM
    assert report["fork"] == 5


def test_processes_start(inside: dict[str, Any]) -> None:
    """Forking works, and another user can run the same Python and import the project."""
    assert inside["fork"] == 5
    assert inside["other_user"] == 0


def test_only_the_loopback_is_there(inside: dict[str, Any]) -> None:
    """A server can listen on the loopback interface; vsock is blocked."""
    assert inside["loopback"] == 0
    assert inside["vsock"] == errno.EPERM


def test_files_are_docker_s(inside: dict[str, Any]) -> None:
    """The writable layer and 64 MB of shared memory are writable; the kernel's files are not."""
    assert set(inside["writable"].values()) == {0}
    assert set(inside["read_only"].values()) <= {errno.EROFS, errno.EPERM}
    assert inside["sysctl"] == errno.EROFS
    assert inside["masked"] == ""
    assert inside["shm"] == 64 << 20


def test_devices_are_docker_s(inside: dict[str, Any]) -> None:
    """A device node for the host's disk can be created but not opened."""
    assert inside["disk"] == errno.EPERM


def test_torch_can_be_imported() -> None:
    """Python and its packages are those of the host."""
    result = run("--", "python", "-c", "import sys, torch; print(sys.prefix, torch.ones(2).sum())")
    assert result.stdout == f"{sys.prefix} tensor(2.)\n", result.stderr


@pytest.mark.parametrize("code", [0, 7])
def test_exit_codes_pass_through(code: int) -> None:
    """The container passes on the command's exit code and both of its streams."""
    result = run("--", "sh", "-c", f"echo out; echo err >&2; exit {code}")
    assert (result.stdout, result.stderr, result.returncode) == ("out\n", "err\n", code)


def test_a_command_that_cannot_start_is_told_apart() -> None:
    """A command that cannot be started gives a distinct exit code."""
    assert run("--", "no-such-command").returncode == NOT_STARTED


def test_binds_are_read_only_unless_told(tmp_path: Path) -> None:
    """`--bind PATH` shows a folder, `--bind PATH:rw` shares it."""
    write = ("--", "touch", str(tmp_path / "new"))
    assert run("--bind", str(tmp_path), *write).returncode == 1
    assert run("--bind", f"{tmp_path}:rw", *write).returncode == 0
    assert (tmp_path / "new").is_file()


def test_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file or mount is left, even if the run is terminated."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = [sys.executable, "-m", "tests.container", "--", "sh", "-c", "echo on; sleep 99"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"on\n"
        process.terminate()
        assert process.stdout.read() == b""  # end of file: the container has ended
    assert process.returncode == 128 + 15
    assert list(tmp_path.iterdir()) == []
