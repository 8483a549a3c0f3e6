# ATTACK: double_fork
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Leave a process behind that has left session, parent and terminal, and takes no polite
#     signal.
# MUST: No process of the submission exists when its report does.
# SIGN: none
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 32):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        for number in range(256):
            try: os.close(number)
            except OSError: pass
        time.sleep(40)
    os._exit(0)
