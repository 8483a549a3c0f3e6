# ATTACK: system_v
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Leave a System V shared memory segment, a message queue and a semaphore set, which
#     outlive every process.
# MUST: None of them exists outside the sandbox.
# SIGN: none
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
key = WORLD["key"]
segment = libc.shmget(key, 4096, 0o1666)
libc.msgget(key, 0o1666)
libc.semget(key, 1, 0o1666)
libc.shmat.restype = ctypes.c_void_p
where = libc.shmat(segment, None, 0) if segment >= 0 else None
if where and where != ctypes.c_void_p(-1).value: ctypes.memmove(where, b"attacked", 8)
