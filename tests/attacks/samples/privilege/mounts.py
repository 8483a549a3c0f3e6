# ATTACK: mounts
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Mount, bind, remount writable, unmount and pivot, with the old calls and the new.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: DID .*
# UNSAFE: yes
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("point", exist_ok=True)
calls = {"tmpfs": lambda: libc.mount(b"tmpfs", b"point", b"tmpfs", 0, None), "bind": lambda: libc.mount(b"/etc", b"point", None, 4096, None),
         "writable": lambda: libc.mount(None, b"/", None, 32, None), "proc": lambda: libc.mount(b"proc", b"point", b"proc", 0, None),
         "pivot_root": lambda: libc.syscall(155, b"point", b"point"), "fsopen": lambda: -1 if libc.syscall(430, b"tmpfs", 0) < 0 else 0,
         "open_tree": lambda: -1 if libc.syscall(428, -100, b"/", 1) < 0 else 0}
for name, call in calls.items():
    child = os.fork()
    if child == 0: os._exit(7 if call() == 0 else 1)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7: print("DID", name)
