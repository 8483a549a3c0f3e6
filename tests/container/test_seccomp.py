"""Docker's profile is resolved as its daemon does it, and updated to the current one."""

from pathlib import Path
from typing import Any

import pytest

from tests.container.bundle import CAPABILITIES, Bind, minimal_binds
from tests.container.seccomp import ENOSYS, EPERM, LANDLOCK, Host, resolve

pytestmark = pytest.mark.long

ALLOW, REFUSE = "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO"
HOST = Host("x86_64", "6.1.0-9-amd64", frozenset(CAPABILITIES))


def profile(*rules: dict[str, Any]) -> dict[str, Any]:
    """Return a profile in Docker's form."""
    arches = [
        {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
        {"architecture": "SCMP_ARCH_RISCV64", "subArchitectures": None},
    ]
    return {"defaultAction": REFUSE, "archMap": arches, "syscalls": rules}


def rule(*names: str, **more: Any) -> dict[str, Any]:
    """Return a rule that allows these calls, in Docker's form."""
    return {"names": list(names), "action": ALLOW, "args": None, **more}


def allowed(content: dict[str, Any], host: Host = HOST, *, landlock: bool = True) -> set[str]:
    """Return the calls that the resolved profile allows with any arguments."""
    rules = resolve(content, host, landlock=landlock)["syscalls"]
    return {n for r in rules if r["action"] == ALLOW and not r["args"] for n in r["names"]}


def test_capabilities_decide() -> None:
    """A rule applies if all capabilities in `includes` and none in `excludes` are held."""
    content = profile(
        rule("held", includes={"caps": ["CAP_KILL"]}),
        rule("not_held", includes={"caps": ["CAP_KILL", "CAP_SYS_ADMIN"]}),
        rule("unprivileged", excludes={"caps": ["CAP_SYS_ADMIN"]}),
        rule("excluded", excludes={"caps": ["CAP_SYS_ADMIN", "CAP_KILL"]}),
    )
    found = allowed(content)
    assert {"held", "unprivileged"} <= found
    assert not {"not_held", "excluded"} & found


def test_architecture_and_kernel_decide() -> None:
    """Architectures have Docker's names, and kernel releases are compared as numbers."""
    content = profile(
        rule("here", includes={"arches": ["amd64", "x32"]}),
        rule("there", includes={"arches": ["arm64"]}),
        rule("not_here", excludes={"arches": ["amd64"]}),
        rule("since", includes={"minKernel": "4.8"}),
        rule("later", includes={"minKernel": "6.10"}),
    )
    found = allowed(content)
    assert {"here", "since"} <= found
    assert not {"there", "not_here", "later"} & found


def test_architectures_are_the_machine_s() -> None:
    """The profile lists the machine's architecture and those it can run, and no others."""
    assert resolve(profile(), HOST)["architectures"] == ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]
    riscv = resolve(profile(), HOST._replace(machine="riscv64"))
    assert riscv["architectures"] == ["SCMP_ARCH_RISCV64"]


def test_the_default_is_a_refusal() -> None:
    """The default error is EPERM if the profile names none, as in Docker."""
    assert resolve(profile(), HOST)["defaultErrnoRet"] == EPERM


def test_an_older_profile_is_updated() -> None:
    """Calls that Docker has blocked or allowed since are blocked or allowed."""
    found = allowed(profile(rule("read", "io_uring_setup", "socket")))
    assert {"read", "process_vm_readv", *LANDLOCK} <= found
    assert not {"io_uring_setup", "socket"} & found


def test_two_socket_families_are_blocked() -> None:
    """AF_ALG (38) and AF_VSOCK (40) are blocked; a profile's own list is kept."""
    rules = resolve(profile(rule("socket")), HOST)["syscalls"]
    families = {r["args"][0]["value"]: r["args"][0]["op"] for r in rules if r["args"]}
    assert families == {38: "SCMP_CMP_LT", 39: "SCMP_CMP_EQ", 40: "SCMP_CMP_GT"}
    own = {"index": 0, "value": 12, "op": "SCMP_CMP_LT"}
    rules = resolve(profile(rule("socket", args=[own])), HOST)["syscalls"]
    assert [r["args"] for r in rules if "socket" in r["names"]] == [[own]]


def test_landlock_can_be_left_out() -> None:
    """Without Landlock its calls return ENOSYS, as on a kernel that lacks it."""
    content = profile(rule("read", *LANDLOCK))
    assert not set(LANDLOCK) & allowed(content, landlock=False)
    refused = resolve(content, HOST, landlock=False)["syscalls"][-1]
    assert (refused["names"], refused["errnoRet"]) == (LANDLOCK, ENOSYS)


def test_binds_inside_others_are_left_out() -> None:
    """A bind inside another is left out, unless only the inner one is writable."""
    outer, inner = Path("/usr"), Path("/usr/local")
    assert minimal_binds([Bind(inner), Bind(outer)]) == [Bind(outer)]
    assert minimal_binds([Bind(inner, writable=True), Bind(outer)])[-1] == Bind(
        inner, writable=True
    )
    assert minimal_binds([Bind(outer), Bind(outer, writable=True)]) == [Bind(outer, writable=True)]
