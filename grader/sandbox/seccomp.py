"""The system calls a notebook has no business with, as one filter in the kernel's own form.

The same bytes serve bubblewrap (``--seccomp``) and ``prctl``. libseccomp builds them.
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
    # What outlives a process: System V memory, message queues, semaphores; keys; POSIX queues.
    "shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop semctl semtimedop "
    "mq_open mq_unlink mq_notify mq_getsetattr mq_timedsend mq_timedreceive "
    "add_key request_key keyctl "
    # Ways round this filter and round file permissions.
    "io_uring_setup io_uring_enter io_uring_register userfaultfd bpf perf_event_open "
    "open_by_handle_at name_to_handle_at fanotify_init lookup_dcookie "
    # The machine itself.
    "init_module finit_module delete_module create_module kexec_load kexec_file_load reboot swapon "
    "swapoff acct quotactl quotactl_fd settimeofday clock_settime clock_adjtime adjtimex stime "
    "sethostname setdomainname iopl ioperm vhangup nfsservctl syslog mknod mknodat "
    "personality modify_ldt vm86 vm86old uselib ustat sysfs _sysctl get_kernel_syms query_module "
    "move_pages migrate_pages mbind set_mempolicy"
).split()
_ATTRIBUTES = (
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat setxattr lsetxattr fsetxattr "
    "removexattr lremovexattr fremovexattr setxattrat removexattrat utime utimes futimesat "
    "utimensat"
).split()
"""What Landlock leaves alone: they matter where the user's own files have the notebook's uid."""
_OF_OTHERS = {
    "setpriority": 1,
    "sched_setaffinity": 0,
    "sched_setscheduler": 1,
    "sched_setparam": 0,
    "sched_setattr": 0,
    "ioprio_set": 1,
    "prlimit64": 0,
}
"""What one process can do to another of its user, and which argument must then be nought: the
process (itself), or the scheduling class (the usual one, which libzmq asks for by number)."""
_NEW_NAMESPACE = 0x7E020080
"""Every CLONE_NEW flag."""
_AF_UNIX, _SOCK_TYPE, _SOCK_STREAM = 1, 0xF, 1


def missing() -> str | None:
    """What keeps a filter from being built here, in one line; None when nothing does."""
    try:
        import pyseccomp  # noqa: F401, PLC0415 (Linux only, and it loads libseccomp)
    except (ImportError, OSError, RuntimeError):
        return "libseccomp is missing: apt install libseccomp2, pip install pyseccomp"
    return None


@cache
def build(*, same_user: bool) -> bytes:
    """The filter, ready for the kernel.

    Args:
        same_user: Whether the notebook runs under the user's own uid on the user's own files; then
            nobody may change whose or what a file is, or call a socket that has a path.
    """
    import pyseccomp  # noqa: PLC0415 (Linux only, and it loads libseccomp)

    allow, refuse = pyseccomp.ALLOW, pyseccomp.ERRNO(errno.EPERM)
    seccomp = pyseccomp.SyscallFilter(allow)
    for name in _DENIED:
        _add(seccomp, refuse, name)
    # Done in name only: IPython and shutil copy a file's rights along, and end if they cannot.
    for name in _ATTRIBUTES if same_user else ():
        _add(seccomp, pyseccomp.ERRNO(0), name)
    argument, equal = pyseccomp.Arg, pyseccomp.MASKED_EQ
    for bit in range(32):
        if _NEW_NAMESPACE >> bit & 1:
            _add(seccomp, refuse, "clone", argument(0, equal, 1 << bit, 1 << bit))
    # Flags of clone3 are behind a pointer no filter can follow; C libraries then use clone. Files
    # in memory count as nobody's: who wants one is told that this kernel is too old.
    for name in ("clone3", "memfd_create", "memfd_secret"):
        _add(seccomp, pyseccomp.ERRNO(errno.ENOSYS), name)
    # libzmq gives up at once for EPERM but takes this for a machine without such a network.
    no_network = pyseccomp.ERRNO(errno.EOPNOTSUPP)
    _add(seccomp, no_network, "socket", argument(0, pyseccomp.NE, _AF_UNIX))
    if same_user:
        _add(seccomp, no_network, "socket", argument(1, pyseccomp.MASKED_EQ, _SOCK_TYPE, 2))
        for name, which in _OF_OTHERS.items():
            _add(seccomp, refuse, name, argument(which, pyseccomp.NE, 0))
    return _exported(seccomp)


@cache
def build_for_kernel() -> bytes:
    """One more filter for the student's process where other users' files are within sight.

    It may be called and may not call: the driver, which runs no student code, does. And it may not
    watch folders, which Landlock lets everyone do.
    """
    import pyseccomp  # noqa: PLC0415 (Linux only, and it loads libseccomp)

    seccomp = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in ("connect", "inotify_add_watch"):
        _add(seccomp, pyseccomp.ERRNO(errno.EACCES), name)
    return _exported(seccomp)


def _add(seccomp: object, action: object, name: str, *arguments: object) -> None:
    """Add a rule; a call this architecture or libseccomp does not know cannot be made by name."""
    try:
        seccomp.add_rule(action, name, *arguments)  # type: ignore[attr-defined]  # untyped upstream
    except (OSError, RuntimeError, ValueError):
        return


def _exported(seccomp: object) -> bytes:
    with tempfile.TemporaryFile() as file:
        seccomp.export_bpf(file)  # type: ignore[attr-defined]  # untyped upstream
        file.seek(0)
        return file.read()
