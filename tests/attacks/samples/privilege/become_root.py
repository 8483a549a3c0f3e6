# ATTACK: become_root
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Take on user 0 and group 0 by every call there is.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: IS root.*
import os
for act in (lambda: os.setresuid(0, 0, 0), lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.seteuid(0)):
    try: act()
    except OSError: pass
if os.geteuid() == 0 and open("/proc/self/uid_map").read().split()[1] == "0": print("IS root outside too")
