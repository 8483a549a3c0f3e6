# ATTACK: change_the_label
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Change what needs no opening: modes, times, owners and attributes of a neighbour's
#     notebook and the results.
# MUST: Mode, times and attributes stay as they were.
# SIGN: CHANGED .*
import os
for name in ("neighbour", "results_file", "notebook"):
    path = WORLD[name]
    for what, act in (("times", lambda: os.utime(path, (1, 1))), ("attribute", lambda: os.setxattr(path, "user.attacked", b"1")),
                      ("owner", lambda: os.chown(path, os.getuid(), -1)), ("mode", lambda: os.chmod(path, 0o777))):
        try: act(); print("CHANGED", what, "of", name)
        except OSError: pass
