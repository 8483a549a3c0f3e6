# ATTACK: kernel_keyring
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Leave a key in the keyrings of user and session, which the next submission of the same
#     user can read.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: ADDED .*
import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
add = {"x86_64": 248, "aarch64": 217}.get(platform.machine())
for ring, name in ((-3, "session"), (-4, "user"), (-5, "user session")):
    if add and libc.syscall(add, b"user", WORLD["tag"].encode(), b"attacked", 8, ring) > 0: print("ADDED to", name)
