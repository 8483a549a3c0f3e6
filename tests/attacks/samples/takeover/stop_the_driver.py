# ATTACK: stop_the_driver
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Stop the driver, so that it neither ends nor goes on.
# MUST: A report with no points, when the wall clock ends it.
# SIGN: none
import os, signal, time
try: os.kill(os.getppid(), signal.SIGSTOP)
except OSError: pass
time.sleep(3)
