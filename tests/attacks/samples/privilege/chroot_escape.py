# ATTACK: chroot_escape
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Change the root directory, and leave the present one through an open directory above it.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: (?:DID|SAW) .*
import os
os.makedirs("below", exist_ok=True)
child = os.fork()
if child == 0:
    try:
        above = os.open("/", os.O_RDONLY); os.chroot("below"); os.fchdir(above)
        for _ in range(64): os.chdir("..")
        os._exit(7)
    except OSError: os._exit(1)
if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7: print("DID chroot")
for path in ("/proc/1/root", f"/proc/{os.getppid()}/root", "/proc/1/cwd", "/oldroot", "/newroot"):
    try: print("SAW", path) if WORLD["marker"] in os.listdir(path + WORLD["outside"]) else None
    except OSError: pass
