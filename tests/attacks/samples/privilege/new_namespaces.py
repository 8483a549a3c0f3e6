# ATTACK: new_namespaces
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Make namespaces of its own in children, in which it would be root: user, mount, network,
#     process, IPC.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: MADE .*
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
kinds = {"user": 0x10000000, "mount": 0x20000, "user+mount": 0x10020000, "user+net": 0x50000000, "pid": 0x20000000, "ipc": 0x8000000, "user+cgroup": 0x12000000}
for name, flags in kinds.items():
    try:
        child = os.fork()
        if child == 0: os._exit(7 if libc.unshare(flags) == 0 else 1)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7: print("MADE", name)
    except OSError: pass
child = libc.syscall(435, ctypes.byref((ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, 17)), 88)
if child == 0: os._exit(0)
if child > 0: print("MADE by clone3")
