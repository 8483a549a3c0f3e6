# ATTACK: other_doors_to_system_calls
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Open a socket through the 32-bit and the x32 system call tables, which a filter for one
#     architecture does not see.
# MUST: Neither door opens a socket; a kernel that is killed for it has lost nothing but this
#     cell.
# SIGN: OPENED .*
import ctypes, mmap, os, platform
libc = ctypes.CDLL(None, use_errno=True)
if platform.machine() == "x86_64":
    if libc.syscall(0x40000000 | 41, 2, 1, 0) >= 0: print("OPENED x32 socket")
    code = bytes.fromhex("53b867010000bb02000000b90100000031d2cd804898 5bc3".replace(" ", ""))
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC); page.write(code)
    call = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    child = os.fork()
    if child == 0: os._exit(7 if 0 <= call() < 1 << 20 else 1)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7: print("OPENED 32-bit socket")
