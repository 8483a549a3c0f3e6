# ATTACK: kill_the_grader
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: End or stop the grader itself: all ancestors that can be found, and the whole session.
# MUST: The grader goes on and writes its report.
# SIGN: none
# UNSAFE: yes
import os, signal
who, ancestors = os.getppid(), []
while who > 1:
    ancestors.append(who)
    try: who = int(open(f"/proc/{who}/stat").read().rsplit(")", 1)[1].split()[1])
    except OSError: break
for who in reversed(ancestors):
    for number in (signal.SIGSTOP, signal.SIGKILL):
        try: os.kill(who, number)
        except OSError: pass
