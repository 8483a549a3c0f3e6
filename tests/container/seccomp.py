"""Resolves Docker's default seccomp profile for one container, as Docker's daemon does.

The profile is Docker's own `default.json`, from the Debian and Ubuntu package
`golang-github-docker-docker-dev` (version 20.10.24 in Debian 12). The profile that
`golang-github-containers-common` ships is Podman's and not a substitute: it allows `mount`,
`unshare`, `setns`, `keyctl` and `clone` with every namespace flag, and its default error is ENOSYS.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypedDict

EPERM, ENOSYS = 1, 38

LANDLOCK = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")

# Differences between the profile of 20.10 and Docker's current one (github.com/moby/profiles):
# io_uring has been blocked since Docker 25, because it runs calls that no filter sees.
_BLOCKED = {"io_uring_setup", "io_uring_enter", "io_uring_register"}
# These are allowed now. Landlock is in 20.10.24 and in no profile much older. `process_vm_readv`,
# which 20.10 allowed with CAP_SYS_PTRACE only, matters: student code can read what it can trace.
_ALLOWED = (
    *LANDLOCK,
    *("process_vm_readv", "process_vm_writev", "ptrace", "name_to_handle_at"),
    *("pkey_alloc", "pkey_free", "pkey_mprotect", "memfd_secret", "process_mrelease"),
    # libseccomp 2.5.4 (Debian 12) does not know the rest: runc omits calls without a name, and
    # its filter returns ENOSYS, as an older kernel would.
    *("cachestat", "fchmodat2", "futex_requeue", "futex_wait", "futex_wake", "listmount"),
    *("map_shadow_stack", "mseal", "statmount", "uretprobe"),
    *("getxattrat", "listxattrat", "removexattrat", "setxattrat"),
)
# AF_ALG (38) and AF_VSOCK (40) are blocked; the other gaps in Docker's list are dead protocols.
_SOCKET_FAMILIES = (("SCMP_CMP_LT", 38), ("SCMP_CMP_EQ", 39), ("SCMP_CMP_GT", 40))

_ARCHITECTURES = {  # uname's name: Docker's name, libseccomp's name
    "x86_64": ("amd64", "SCMP_ARCH_X86_64"),
    "aarch64": ("arm64", "SCMP_ARCH_AARCH64"),
    "ppc64le": ("ppc64le", "SCMP_ARCH_PPC64LE"),
    "s390x": ("s390x", "SCMP_ARCH_S390X"),
    "riscv64": ("riscv64", "SCMP_ARCH_RISCV64"),
}


class Condition(TypedDict, total=False):
    """The condition of a rule in Docker's profile."""

    caps: list[str]
    arches: list[str]
    minKernel: str


class Rule(TypedDict, total=False):
    """One entry of `syscalls` in Docker's profile; the OCI form has no conditions."""

    names: Sequence[str]
    action: str
    errnoRet: int
    args: list[dict[str, Any]] | None
    comment: str
    includes: Condition
    excludes: Condition


class Host(NamedTuple):
    """Properties that decide which rules of a profile apply."""

    machine: str
    """The output of `uname -m`."""
    kernel: str
    """The output of `uname -r`."""
    capabilities: frozenset[str]
    """The container's bounding set."""


def resolve(profile: dict[str, Any], host: Host, *, landlock: bool = True) -> dict[str, Any]:
    """Convert a profile of Docker's into the OCI runtime's form.

    Args:
        profile: The content of Docker's `default.json`.
        host: The machine and the container it is for.
        landlock: Allow the Landlock calls; if False they return ENOSYS, as without Landlock.
    """
    arch, native = _ARCHITECTURES[host.machine]
    applicable = [rule for rule in profile["syscalls"] if _applies(rule, arch, host)]
    blocked = _BLOCKED if landlock else _BLOCKED | set(LANDLOCK)
    rules = list(_updated(applicable, blocked))
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
        "syscalls": [_without_conditions(rule) for rule in rules],
    }


def _applies(rule: Rule, arch: str, host: Host) -> bool:
    """Return True if the host meets a rule's `includes` and none of its `excludes`."""
    includes, excludes = rule.get("includes") or {}, rule.get("excludes") or {}
    return (
        host.capabilities.issuperset(includes.get("caps") or ())
        and host.capabilities.isdisjoint(excludes.get("caps") or ())
        and arch in (includes.get("arches") or (arch,))
        and arch not in (excludes.get("arches") or ())
        and _version(host.kernel) >= _version(includes.get("minKernel") or "0.0")
    )


def _version(release: str) -> tuple[int, ...]:
    """Return the first two numbers of a kernel release."""
    return tuple(int(number) for number in re.findall(r"\d+", release)[:2])


def _updated(rules: Sequence[Rule], blocked: set[str]) -> Iterator[Rule]:
    """Update the rules to Docker's current profile, without the blocked calls."""
    allowed = {n for rule in rules if _is_unconditional(rule) for n in rule["names"]}
    for rule in rules:
        replaced = blocked | {"socket"} if _is_unconditional(rule) else blocked
        if names := [name for name in rule["names"] if name not in replaced]:
            yield {**rule, "names": names}
    allow = "SCMP_ACT_ALLOW"
    yield {"names": [n for n in _ALLOWED if n not in allowed | blocked], "action": allow}
    if "socket" in allowed:  # otherwise the profile is new enough to have its own list
        for op, family in _SOCKET_FAMILIES:
            condition = {"index": 0, "value": family, "op": op}
            yield {"names": ["socket"], "action": allow, "args": [condition]}


def _is_unconditional(rule: Rule) -> bool:
    """Return True if a rule allows its calls with any arguments."""
    return rule["action"] == "SCMP_ACT_ALLOW" and not rule.get("args")


def _without_conditions(rule: Rule) -> dict[str, Any]:
    """Return a rule without its conditions."""
    error = {"errnoRet": rule["errnoRet"]} if "errnoRet" in rule else {}
    plain = {"names": rule["names"], "action": rule["action"], "args": rule.get("args") or []}
    return {**plain, **error}
