# ATTACK: memory_in_files
# KIND: cell
# BASE: correct
# NEEDS: isolated
# TRIES: Hold five gigabytes in memory files, which count as nobody's data.
# MUST: It is stopped before five gigabytes are held; full score.
# SIGN: HELD 5\d\d\d MB
# UNSAFE: yes
import os
handles, held = [], 0
try:
    for _ in range(40):
        handles.append(os.memfd_create("attacked"))
        for _ in range(128): os.write(handles[-1], b"x" * (1 << 20)); held += 1
except OSError: pass
print("HELD", held, "MB")
for handle in handles: os.close(handle)
