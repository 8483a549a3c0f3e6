# ATTACK: memory_of_children
# KIND: cell
# BASE: correct
# NEEDS: isolated
# TRIES: Touch seven hundred megabytes in each of eight children at once, so that no single one is
#     over the limit.
# MUST: The submission's processes together stay within the limit, or are ended; full score.
# SIGN: none
# UNSAFE: yes
import os, time
for _ in range(8):
    try:
        if os.fork() == 0:
            try: held = [b"x" * (1 << 20) for _ in range(700)]
            except MemoryError: pass
            time.sleep(3); os._exit(0)
    except OSError: break
try:
    while os.wait(): pass
except ChildProcessError: pass
