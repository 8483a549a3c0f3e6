# ATTACK: many_forks
# KIND: cell
# BASE: correct
# NEEDS: isolated
# TRIES: Fork until nothing more can be forked, children of children included.
# MUST: The process limit stops it; full score; no process is left.
# SIGN: FORKED (?:[6-9]\d\d|\d{4,})
# UNSAFE: yes
import os, time
forked = 0
try:
    while forked < 2000:
        if os.fork() == 0:
            try: os.fork()
            except OSError: pass
            time.sleep(15); os._exit(0)
        forked += 1
except OSError: pass
print("FORKED", forked)
