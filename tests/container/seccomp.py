"""Docker's default seccomp profile, resolved for one container as Docker's daemon resolves it.

The profile is Docker's own `default.json`, from the Debian and Ubuntu package
`golang-github-docker-docker-dev` (version 20.10.24 in Debian 12). The profile that
`golang-github-containers-common` ships is Podman's and no substitute: it allows `mount`, `unshare`,
`setns`, `keyctl` and `clone` with every namespace flag, and its default answer is ENOSYS.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypedDict

EPERM, ENOSYS = 1, 38

LANDLOCK = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")

# What differs between the profile of 20.10 and the one Docker has now (github.com/moby/profiles):
# io_uring is closed since Docker 25, because it runs calls that no filter sees.
_CLOSED = {"io_uring_setup", "io_uring_enter", "io_uring_register"}
# These are open. Landlock is in 20.10.24 and in no profile much older. `process_vm_readv`, which
# 20.10 kept for CAP_SYS_PTRACE, matters: student code may read what it may trace.
_OPENED = (
    *LANDLOCK,
    *("process_vm_readv", "process_vm_writev", "ptrace", "name_to_handle_at"),
    *("pkey_alloc", "pkey_free", "pkey_mprotect", "memfd_secret", "process_mrelease"),
    # libseccomp 2.5.4 (Debian 12) knows none of the rest: runc leaves out what it cannot name, and
    # its filter answers ENOSYS, as an older kernel would.
    *("cachestat", "fchmodat2", "futex_requeue", "futex_wait", "futex_wake", "listmount"),
    *("map_shadow_stack", "mseal", "statmount", "uretprobe"),
    *("getxattrat", "listxattrat", "removexattrat", "setxattrat"),
)
# AF_ALG (38) and AF_VSOCK (40) are closed; the other gaps in Docker's list are dead protocols.
_SOCKET_FAMILIES = (("SCMP_CMP_LT", 38), ("SCMP_CMP_EQ", 39), ("SCMP_CMP_GT", 40))

_ARCHITECTURES = {  # as uname says it: as Docker says it, as libseccomp says it
    "x86_64": ("amd64", "SCMP_ARCH_X86_64"),
    "aarch64": ("arm64", "SCMP_ARCH_AARCH64"),
    "ppc64le": ("ppc64le", "SCMP_ARCH_PPC64LE"),
    "s390x": ("s390x", "SCMP_ARCH_S390X"),
    "riscv64": ("riscv64", "SCMP_ARCH_RISCV64"),
}


class Condition(TypedDict, total=False):
    """What a rule of Docker's profile depends on."""

    caps: list[str]
    arches: list[str]
    minKernel: str


class Rule(TypedDict, total=False):
    """One entry of `syscalls` in Docker's profile; the runtime's form has no conditions."""

    names: Sequence[str]
    action: str
    errnoRet: int
    args: list[dict[str, Any]] | None
    comment: str
    includes: Condition
    excludes: Condition


class Host(NamedTuple):
    """What decides which of a profile's rules hold."""

    machine: str
    """As `uname -m` prints it."""
    kernel: str
    """As `uname -r` prints it."""
    capabilities: frozenset[str]
    """The container's bounding set."""


def resolved(profile: dict[str, Any], host: Host, *, landlock: bool = True) -> dict[str, Any]:
    """The OCI runtime's form of a profile of Docker's.

    Args:
        profile: The content of Docker's `default.json`.
        host: The machine and the container it is for.
        landlock: Whether the Landlock calls exist; without, ENOSYS as from a kernel without it.
    """
    arch, native = _ARCHITECTURES[host.machine]
    held = [rule for rule in profile["syscalls"] if _holds(rule, arch, host)]
    closed = _CLOSED if landlock else _CLOSED | set(LANDLOCK)
    rules = list(_current(held, closed))
    if not landlock:
        rules.append({"names": LANDLOCK, "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS})
    return {
        "defaultAction": profile["defaultAction"],
        "defaultErrnoRet": profile.get("defaultErrnoRet", EPERM),
        "architectures": [
            name
            for entry in profile["archMap"]
            if entry["architecture"] == native
            for name in (native, *(entry["subArchitectures"] or ()))
        ],
        "syscalls": [_bare(rule) for rule in rules],
    }


def _holds(rule: Rule, arch: str, host: Host) -> bool:
    """Whether Docker's daemon would keep a rule: all that it includes, none that it excludes."""
    wanted, unwanted = rule.get("includes") or {}, rule.get("excludes") or {}
    return (
        host.capabilities.issuperset(wanted.get("caps") or ())
        and host.capabilities.isdisjoint(unwanted.get("caps") or ())
        and arch in (wanted.get("arches") or (arch,))
        and arch not in (unwanted.get("arches") or ())
        and _version(host.kernel) >= _version(wanted.get("minKernel") or "0.0")
    )


def _version(release: str) -> tuple[int, ...]:
    """The first two numbers of a kernel's release."""
    return tuple(int(number) for number in re.findall(r"\d+", release)[:2])


def _current(rules: Sequence[Rule], closed: set[str]) -> Iterator[Rule]:
    """The rules as Docker has them now, without the calls that are to be closed."""
    opened = {n for rule in rules if _is_plain(rule) for n in rule["names"]}
    for rule in rules:
        replaced = closed | {"socket"} if _is_plain(rule) else closed
        if names := [name for name in rule["names"] if name not in replaced]:
            yield {**rule, "names": names}
    allow = "SCMP_ACT_ALLOW"
    yield {"names": [n for n in _OPENED if n not in opened | closed], "action": allow}
    if "socket" in opened:  # else the profile is new enough to have its own list
        for op, family in _SOCKET_FAMILIES:
            condition = {"index": 0, "value": family, "op": op}
            yield {"names": ["socket"], "action": allow, "args": [condition]}


def _is_plain(rule: Rule) -> bool:
    """Whether a rule allows its calls whatever their arguments."""
    return rule["action"] == "SCMP_ACT_ALLOW" and not rule.get("args")


def _bare(rule: Rule) -> dict[str, Any]:
    """A rule without its conditions."""
    error = {"errnoRet": rule["errnoRet"]} if "errnoRet" in rule else {}
    kept = {"names": rule["names"], "action": rule["action"], "args": rule.get("args") or []}
    return {**kept, **error}
