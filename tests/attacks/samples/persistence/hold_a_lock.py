# ATTACK: hold_a_lock
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Lock the results file and take a lease on it, so that whoever writes it next waits.
# MUST: The file cannot be opened, so neither lock is had.
# SIGN: LOCKED .*
import fcntl, os, time
for path in (WORLD["results_file"], WORLD["neighbour"]):
    try:
        handle = os.open(path, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB); print("LOCKED", os.path.basename(path))
        if os.fork() == 0:
            os.setsid(); time.sleep(40); os._exit(0)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_WRLCK); print("LOCKED by lease")
    except OSError: pass
