# ATTACK: memory_of_the_driver
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Read the driver's memory through /proc and through process_vm_readv, looking for recorded
#     answers and later probes.
# MUST: Neither the driver's memory nor a bystander's can be opened.
# SIGN: SAW \d+ bytes .*
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
class Vec(ctypes.Structure): _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
for who in (os.getppid(), WORLD["bystander"]):
    try:
        with open(f"/proc/{who}/maps") as maps:
            start = next(int(line.split("-")[0], 16) for line in maps if " r" in line)
        print("SAW", 1, "bytes of maps")
        with open(f"/proc/{who}/mem", "rb", buffering=0) as memory:
            memory.seek(start); print("SAW", len(memory.read(64)), "bytes of", "mem")
        into = ctypes.create_string_buffer(64)
        got = libc.process_vm_readv(who, ctypes.byref(Vec(ctypes.addressof(into), 64)), 1, ctypes.byref(Vec(start, 64)), 1, 0)
        if got > 0: print("SAW", got, "bytes by process_vm_readv")
    except (OSError, StopIteration): pass
