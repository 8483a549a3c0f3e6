# ATTACK: meddle_with_a_bystander
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Change another program's priority, cores, limits and I/O class, for which no permission
#     to signal is needed.
# MUST: The program outside stays as it was.
# SIGN: CHANGED .*
import ctypes, os, resource
libc, who = ctypes.CDLL(None, use_errno=True), WORLD["bystander"]
for name, act in (("priority", lambda: os.setpriority(os.PRIO_PROCESS, who, 15)),
                  ("cores", lambda: os.sched_setaffinity(who, {min(os.sched_getaffinity(0))})),
                  ("limits", lambda: resource.prlimit(who, resource.RLIMIT_NOFILE, (16, 16))),
                  ("policy", lambda: os.sched_setscheduler(who, os.SCHED_IDLE, os.sched_param(0)))):
    try: act(); print("CHANGED", name)
    except OSError: pass
if libc.syscall(251, 1, who, (3 << 13)) == 0: print("CHANGED io class")
