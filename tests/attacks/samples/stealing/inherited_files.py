# ATTACK: inherited_files
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Read every descriptor that this process was started with, in case a file of the grader's
#     was left open.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: SAW file .*
import os, stat
for number in range(1024):
    try:
        if stat.S_ISREG(os.fstat(number).st_mode):
            name = os.readlink(f"/proc/self/fd/{number}")
            if name.endswith((".key", ".yaml", ".ipynb", "results.json")): print("SAW file", number, name[-30:])
        elif stat.S_ISDIR(os.fstat(number).st_mode):
            handle = os.open(WORLD["neighbour"].lstrip("/"), os.O_RDONLY, dir_fd=number)
            print("SAW file by directory", number, os.read(handle, 1)[:0])
    except OSError: pass
