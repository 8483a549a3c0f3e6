# ATTACK: write_drivers_memory
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Attach to the driver and the bystander and write into their memory, by /proc, ptrace and
#     process_vm_writev.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: (?:ATTACHED|OPENED|WROTE) .*
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
class Vec(ctypes.Structure): _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
for who in (os.getppid(), WORLD["bystander"]):
    try: os.close(os.open(f"/proc/{who}/mem", os.O_RDWR)); print("OPENED mem of", who == os.getppid())
    except OSError: pass
    held = ctypes.create_string_buffer(8)
    try: start = int(open(f"/proc/{who}/maps").read().split("-")[0], 16)
    except (OSError, ValueError): start = 0x400000
    if libc.process_vm_writev(who, ctypes.byref(Vec(ctypes.addressof(held), 8)), 1, ctypes.byref(Vec(start, 8)), 1, 0) > 0: print("WROTE", who)
    if libc.ptrace(16, who, 0, 0) == 0: print("ATTACHED", who == os.getppid()); libc.ptrace(17, who, 0, 0)
