# ATTACK: background_shell
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Leave programs of the machine running: nohup, setsid and a shell that restarts what is
#     killed.
# MUST: No process of the submission exists when its report does.
# SIGN: none
import subprocess
quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
for command in ("trap '' TERM HUP INT; for i in $(seq 40); do sleep 1; done", "nohup setsid sleep 40 & disown"):
    try: subprocess.Popen(["bash", "-c", command], **quiet)
    except OSError: pass
