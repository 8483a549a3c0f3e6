# ATTACK: shared_directories
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Leave files for the next submission in every directory that all programs share.
# MUST: What is written is gone with the sandbox.
# SIGN: none
import os
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/var/lock", "/run", "/var/crash", WORLD["outside"]):
    for name in (WORLD["tag"], "." + WORLD["tag"]):
        try:
            with open(os.path.join(folder, name), "w") as file: file.write("attacked")
        except OSError: pass
    try: os.mkfifo(os.path.join(folder, WORLD["tag"] + ".fifo")); os.mkdir(os.path.join(folder, WORLD["tag"] + ".d"))
    except OSError: pass
