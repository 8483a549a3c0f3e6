# ATTACK: raise_the_limits
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Raise the process's own limits, priority and claim on memory again.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: RAISED .*
import os, resource
for name in ("NPROC", "NOFILE", "DATA", "FSIZE", "CORE"):
    which = getattr(resource, "RLIMIT_" + name)
    soft, hard = resource.getrlimit(which)
    if hard == resource.RLIM_INFINITY: continue
    try: resource.setrlimit(which, (hard + 1, hard + 1)); print("RAISED", name)
    except (OSError, ValueError): pass
try: os.nice(-5); print("RAISED priority")
except OSError: pass
