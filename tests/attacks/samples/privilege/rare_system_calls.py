# ATTACK: rare_system_calls
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Call what hardly any program needs and many kernels had holes in: bpf, perf, user faults,
#     keys, modules, kexec.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: ALLOWED .*
import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
calls = {"bpf": (321, 0, ctypes.byref((ctypes.c_uint32 * 16)(2, 4, 4, 1)), 64), "userfaultfd": (323, 1), "add_key": (248, b"user", b"attacked", b"x", 1, -2),
         "perf_event_open": (298, ctypes.byref((ctypes.c_uint32 * 32)(1, 112, 0)), 0, -1, -1, 0), "keyctl": (250, 0, -2, 1),
         "fanotify_init": (300, 0, 0), "open_by_handle_at": (304, -100, ctypes.byref((ctypes.c_uint32 * 8)(8, 1)), 0), "io_uring_setup": (425, 1, ctypes.create_string_buffer(120)),
         "memfd_secret": (447, 0), "kcmp": (312, 1, 1, 0, 0, 0), "personality": (135, 0x0040000), "syslog": (103, 3, ctypes.create_string_buffer(64), 64),
         "acct": (163, b"nothing"), "swapon": (167, b"nothing", 0), "quotactl": (179, 0x800000 << 8, b"x", 0, 0), "ptrace": (101, 0, 0, 0, 0)}
if platform.machine() == "x86_64":
    for name, arguments in calls.items():
        if name not in {"ptrace", "personality", "memfd_secret"} and libc.syscall(*arguments) >= 0: print("ALLOWED", name)
