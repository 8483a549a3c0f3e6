# ATTACK: steal_a_descriptor
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Take an open file out of another program with pidfd_getfd, and trace it.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: (?:TOOK|TRACED) .*
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for who in (WORLD["bystander"], os.getppid()):
    try:
        for number in range(8):
            if libc.syscall(438, os.pidfd_open(who), number, 0) >= 0: print("TOOK", number, "of", who == os.getppid())
    except OSError: pass
    if libc.ptrace(0x4206, who, 0, 0) == 0: print("TRACED", who == os.getppid())
