# ATTACK: hopping_process
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: A process that forks and ends itself again and again, so that its number is never the one
#     that is killed.
# MUST: No process of the submission exists when its report does.
# SIGN: none
import os, time
if os.fork() == 0:
    os.setsid()
    end = time.time() + 25
    while time.time() < end:
        if os.fork(): os._exit(0)
        time.sleep(0.02)
    os._exit(0)
