# ATTACK: many_files
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Make thirty thousand empty files, which fill a disk without a byte in them.
# MUST: Full score: the functions are right.
# SIGN: none
import os
os.makedirs("many", exist_ok=True)
try:
    for i in range(30_000): os.close(os.open(f"many/{i}", os.O_CREAT | os.O_WRONLY))
except OSError: pass
