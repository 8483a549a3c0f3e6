"""Builds seccomp filters (BPF programs) that refuse system calls no notebook needs.

The same bytes are passed to bubblewrap (``--seccomp``) and to ``prctl``. libseccomp builds them.
"""

import errno
import tempfile
from functools import cache

_DENIED = (
    # Other processes.
    "ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd "
    # Namespaces and mounts.
    "unshare setns mount umount umount2 pivot_root chroot fsopen fsconfig fsmount fspick "
    "move_mount open_tree mount_setattr "
    # Objects that outlive a process: System V memory, message queues and semaphores, keys, POSIX
    # message queues.
    "shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop semctl semtimedop "
    "mq_open mq_unlink mq_notify mq_getsetattr mq_timedsend mq_timedreceive "
    "add_key request_key keyctl "
    # Ways around this filter and around file permissions.
    "io_uring_setup io_uring_enter io_uring_register userfaultfd bpf perf_event_open "
    "open_by_handle_at name_to_handle_at fanotify_init lookup_dcookie "
    # The machine itself.
    "init_module finit_module delete_module create_module kexec_load kexec_file_load reboot swapon "
    "swapoff acct quotactl quotactl_fd settimeofday clock_settime clock_adjtime adjtimex stime "
    "sethostname setdomainname iopl ioperm vhangup nfsservctl syslog mknod mknodat "
    "personality modify_ldt vm86 vm86old uselib ustat sysfs _sysctl get_kernel_syms query_module "
    "move_pages migrate_pages mbind set_mempolicy"
).split()
_ATTRIBUTE_CALLS = (
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat setxattr lsetxattr fsetxattr "
    "removexattr lremovexattr fremovexattr setxattrat removexattrat utime utimes futimesat "
    "utimensat"
).split()
"""Calls that change file attributes. Landlock does not restrict them, so they must be filtered if
the notebook has the uid of the user's own files."""
_ZERO_ARGUMENT = {
    "setpriority": 1,
    "sched_setaffinity": 0,
    "sched_setscheduler": 1,
    "sched_setparam": 0,
    "sched_setattr": 0,
    "ioprio_set": 1,
    "prlimit64": 0,
}
"""Calls that can affect another process of the same user, with the index of the argument that must
be 0: the process (0 is the caller) or, for sched_setscheduler, the scheduling class (0 is the
normal one, which libzmq sets on its threads by number)."""
_CLONE_NEW_FLAGS = 0x7E020080
"""Mask of all CLONE_NEW* flags."""
_AF_UNIX = 1
_SOCK_TYPE_MASK, _SOCK_DGRAM = 0xF, 2


def unavailable_reason() -> str | None:
    """Return why no filter can be built here, in one line; None if one can."""
    try:
        import pyseccomp  # noqa: F401, PLC0415 (Linux only, and it loads libseccomp)
    except (ImportError, OSError, RuntimeError):
        return "libseccomp is missing: apt install libseccomp2, pip install pyseccomp"
    return None


@cache
def build(*, same_user: bool) -> bytes:
    """Build the filter for the driver and all its descendants.

    Args:
        same_user: True if the notebook runs under the user's own uid, and so with access to the
            user's own files and processes. The filter then also blocks changes of file attributes,
            datagram sockets (which could send to a socket by its path) and calls that affect other
            processes.
    """
    import pyseccomp  # noqa: PLC0415 (Linux only, and it loads libseccomp)

    allow, refuse = pyseccomp.ALLOW, pyseccomp.ERRNO(errno.EPERM)
    seccomp = pyseccomp.SyscallFilter(allow)
    for name in _DENIED:
        _add_rule(seccomp, refuse, name)
    # These report success and do nothing: IPython and shutil copy a file's permissions along, and
    # fail if they cannot.
    for name in _ATTRIBUTE_CALLS if same_user else ():
        _add_rule(seccomp, pyseccomp.ERRNO(0), name)
    argument, masked_equal = pyseccomp.Arg, pyseccomp.MASKED_EQ
    for bit in range(32):
        if _CLONE_NEW_FLAGS >> bit & 1:
            _add_rule(seccomp, refuse, "clone", argument(0, masked_equal, 1 << bit, 1 << bit))
    # clone3's flags are behind a pointer, which no filter can follow; on ENOSYS, C libraries fall
    # back to clone. The memory of memfd files is accounted to no process, so it would escape the
    # memory limit; ENOSYS tells callers that this Linux is too old to have them.
    for name in ("clone3", "memfd_create", "memfd_secret"):
        _add_rule(seccomp, pyseccomp.ERRNO(errno.ENOSYS), name)
    # libzmq aborts on EPERM but takes EOPNOTSUPP to mean that the machine has no such network.
    no_network = pyseccomp.ERRNO(errno.EOPNOTSUPP)
    _add_rule(seccomp, no_network, "socket", argument(0, pyseccomp.NE, _AF_UNIX))
    if same_user:
        datagram = argument(1, masked_equal, _SOCK_TYPE_MASK, _SOCK_DGRAM)
        _add_rule(seccomp, no_network, "socket", datagram)
        for name, index in _ZERO_ARGUMENT.items():
            _add_rule(seccomp, refuse, name, argument(index, pyseccomp.NE, 0))
    return _bpf_bytes(seccomp)


@cache
def build_for_kernel() -> bytes:
    """Build an additional filter for the kernel, where other users' files are visible.

    It denies ``connect``: the kernel may accept connections of the driver, which runs no student
    code, but make none. It also denies inotify, which Landlock does not restrict.
    """
    import pyseccomp  # noqa: PLC0415 (Linux only, and it loads libseccomp)

    seccomp = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in ("connect", "inotify_add_watch"):
        _add_rule(seccomp, pyseccomp.ERRNO(errno.EACCES), name)
    return _bpf_bytes(seccomp)


def _add_rule(seccomp: object, action: object, name: str, *arguments: object) -> None:
    """Add a rule; skip calls that this architecture or libseccomp does not know by name."""
    try:
        seccomp.add_rule(action, name, *arguments)  # type: ignore[attr-defined]  # untyped upstream
    except (OSError, RuntimeError, ValueError):
        return


def _bpf_bytes(seccomp: object) -> bytes:
    with tempfile.TemporaryFile() as file:
        seccomp.export_bpf(file)  # type: ignore[attr-defined]  # untyped upstream
        file.seek(0)
        return file.read()
