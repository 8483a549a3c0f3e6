# ATTACK: kill_everything
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Send SIGKILL to every process that may be signalled.
# MUST: Nothing outside the sandbox ends; the report says that the kernel died.
# SIGN: none
# UNSAFE: yes
import os, signal
for target in (-1, 0, -os.getppid()):
    try: os.kill(target, signal.SIGKILL)
    except OSError: pass
