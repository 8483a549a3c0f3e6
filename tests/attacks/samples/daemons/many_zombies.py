# ATTACK: many_zombies
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Leave two hundred dead children that nobody waits for.
# MUST: Full score: the functions are right.
# SIGN: none
import os
try:
    for _ in range(200):
        if os.fork() == 0: os._exit(0)
except OSError: pass
