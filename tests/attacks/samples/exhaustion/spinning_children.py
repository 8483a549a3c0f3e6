# ATTACK: spinning_children
# KIND: cell
# BASE: correct
# NEEDS: isolated
# TRIES: Have forty children spin at once while the functions are asked.
# MUST: Full score: limits are long enough for a busy machine; no child is left.
# SIGN: none
# UNSAFE: yes
import os, time
try:
    for _ in range(40):
        if os.fork() == 0:
            end = time.time() + 12
            while time.time() < end: pass
            os._exit(0)
except OSError: pass
