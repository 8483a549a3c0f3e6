"""Builds the OCI runtime configuration that `docker run IMAGE COMMAND` would use.

The values are from Docker's `oci/defaults.go`: capabilities, masked and read-only paths, mounts,
devices.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

CAPABILITIES = tuple(
    f"CAP_{name}"
    for name in (
        *("CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID"),
        *("SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"),
    )
)
NAMESPACES = ("mount", "network", "uts", "pid", "ipc")
MASKED = (
    *("/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys"),
    *("/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list"),
    *("/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware"),
)
READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")

# null, zero, full, random, urandom, tty, console, ptmx, pts: the devices that the cgroup allows.
_DEVICES = ((1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1), (5, 2), (136, None))
_KERNEL_MOUNTS = (  # destination, type, source, options
    ("/proc", "proc", "proc", "rw,nosuid,noexec,nodev"),
    ("/dev", "tmpfs", "tmpfs", "rw,nosuid,strictatime,mode=755,size=65536k"),
    (
        *("/dev/pts", "devpts", "devpts"),
        "rw,nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5",
    ),
    ("/sys", "sysfs", "sysfs", "ro,nosuid,noexec,nodev"),
    ("/sys/fs/cgroup", "cgroup", "cgroup", "ro,nosuid,noexec,nodev"),
    ("/dev/mqueue", "mqueue", "mqueue", "rw,nosuid,noexec,nodev"),
    ("/dev/shm", "tmpfs", "shm", "rw,nosuid,noexec,nodev,mode=1777,size=65536k"),  # noqa: S108
)
# In Docker one writable layer covers everything; here it is these folders and the root folder.
_WRITABLE_MODES = {
    "/tmp": "1777",  # noqa: S108
    "/var/tmp": "1777",  # noqa: S108
    "/run": "755",
    "/home": "755",
    "/root": "700",
    "/autograder": "755",
}


class Bind(NamedTuple):
    """A file or folder of the host, at the same path inside."""

    path: Path
    writable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """The command of one container, and what it sees of the host."""

    command: tuple[str, ...]
    root: Path
    """The folder that becomes `/`."""
    folder: Path
    """The command's working directory."""
    binds: tuple[Bind, ...]
    environment: Mapping[str, str]
    seccomp: Mapping[str, Any]
    hostname: str


def configuration(container: Container) -> dict[str, Any]:
    """Return the content of a bundle's `config.json`."""
    binds = minimal_binds(container.binds)
    capabilities = {kind: list(CAPABILITIES) for kind in ("bounding", "effective", "permitted")}
    return {
        "ociVersion": "1.0.2",
        "process": {
            "terminal": False,
            "user": {"uid": 0, "gid": 0},
            "args": list(container.command),
            "env": [f"{name}={value}" for name, value in container.environment.items()],
            "cwd": str(container.folder),
            "capabilities": capabilities,
            "noNewPrivileges": False,
        },
        "root": {"path": str(container.root), "readonly": False},
        "hostname": container.hostname,
        "mounts": [*_kernel_mounts(), *_writable_mounts(binds), *map(_bind_mount, binds)],
        "linux": {
            "namespaces": [{"type": kind} for kind in NAMESPACES],
            "resources": {"devices": list(_device_rules())},
            "seccomp": dict(container.seccomp),
            "maskedPaths": list(MASKED),
            "readonlyPaths": list(READ_ONLY),
        },
    }


def minimal_binds(binds: Iterable[Bind]) -> list[Bind]:
    """Return the necessary binds, outer ones first, without those an outer one includes."""
    minimal: list[Bind] = []
    for bind in sorted(set(binds), key=lambda b: (len(b.path.parts), not b.writable)):
        outer = [b for b in minimal if bind.path.is_relative_to(b.path)]
        if not outer or (bind.writable and not outer[-1].writable):
            minimal.append(bind)
    return minimal


def _kernel_mounts() -> Iterator[dict[str, Any]]:
    """Yield the mounts that Docker adds to every container."""
    for destination, kind, source, options in _KERNEL_MOUNTS:
        yield {
            "destination": destination,
            "type": kind,
            "source": source,
            "options": options.split(","),
        }


def _writable_mounts(binds: list[Bind]) -> Iterator[dict[str, Any]]:
    """Yield a tmpfs for each folder of Docker's writable layer.

    A home that contains a bind can be entered by every user: in a course's image, what is bound
    would be in `/usr/local` or `/opt`, which every user can enter.
    """
    for place, mode in _WRITABLE_MODES.items():
        has_binds = any(bind.path.is_relative_to(place) for bind in binds)
        actual = "711" if mode == "700" and has_binds else mode
        yield {
            "destination": place,
            "type": "tmpfs",
            "source": "tmpfs",
            "options": ["rw", f"mode={actual}"],
        }


def _bind_mount(bind: Bind) -> dict[str, Any]:
    """Return a recursive bind mount."""
    return {
        "destination": str(bind.path),
        "type": "bind",
        "source": str(bind.path.resolve()),
        "options": ["rbind", "rprivate", *(() if bind.writable else ("rro",))],
    }


def _device_rules() -> Iterator[dict[str, Any]]:
    """Yield rules by which any device node may be created, but only these may be opened."""
    yield {"allow": False, "access": "rwm"}
    yield {"allow": True, "type": "c", "access": "m"}
    yield {"allow": True, "type": "b", "access": "m"}
    for major, minor in _DEVICES:
        number = {"major": major} if minor is None else {"major": major, "minor": minor}
        yield {"allow": True, "type": "c", "access": "rwm", **number}
