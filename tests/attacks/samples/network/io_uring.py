# ATTACK: io_uring
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Set up an io_uring, with which sockets are opened and connected past a filter on system
#     calls.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: OPENED .*
import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
setup = {"x86_64": 425, "aarch64": 425}.get(platform.machine())
if setup:
    for entries in (1, 8):
        ring = libc.syscall(setup, entries, ctypes.create_string_buffer(120))
        if ring >= 0: print("OPENED io_uring", entries)
