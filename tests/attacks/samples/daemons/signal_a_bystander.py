# ATTACK: signal_a_bystander
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Stop and kill a program outside by number, by group, by queue and by process descriptor.
# MUST: The program outside goes on.
# SIGN: SIGNALLED .*
import os, signal
who = WORLD["bystander"]
for name, act in (("kill", lambda: os.kill(who, signal.SIGUSR1)), ("group", lambda: os.killpg(who, signal.SIGUSR1)),
                  ("descriptor", lambda: signal.pidfd_send_signal(os.pidfd_open(who), signal.SIGKILL)),
                  ("stop", lambda: os.kill(who, signal.SIGSTOP))):
    try:
        with open(f"/proc/{who}/comm") as file: file.read()
    except OSError: pass
    try: act(); print("SIGNALLED", name)
    except OSError: pass
