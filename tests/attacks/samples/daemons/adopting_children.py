# ATTACK: adopting_children
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Make a process that adopts orphans, with children that survive its death and have their
#     death signal cleared.
# MUST: No process of the submission exists when its report does.
# SIGN: none
import ctypes, os, time
libc = ctypes.CDLL(None)
if os.fork() == 0:
    os.setsid()
    libc.prctl(36, 1, 0, 0, 0)
    for _ in range(5):
        if os.fork() == 0:
            libc.prctl(1, 0, 0, 0, 0)
            os.setsid()
            if os.fork(): os._exit(0)
            time.sleep(40); os._exit(0)
    time.sleep(40); os._exit(0)
