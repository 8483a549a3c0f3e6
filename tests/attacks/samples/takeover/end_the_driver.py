# ATTACK: end_the_driver
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Kill the driver, which is the kernel's parent, as soon as the cells are done.
# MUST: A report with no points, that says that the run was cut short.
# SIGN: none
import os, signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL):
    try: os.kill(os.getppid(), number)
    except OSError: pass
