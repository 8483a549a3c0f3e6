# ATTACK: forged_from_another_process
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: A child writes forged messages, well signed, into the kernel's own output socket while
#     probes are answered.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import os, time
from IPython import get_ipython
kernel = get_ipython().kernel
if os.fork() == 0:
    for _ in range(100):
        for number in range(3, 64):
            try: os.write(number, b"\x01\x00" + b"status idle passed" * 3)
            except OSError: pass
        time.sleep(0.05)
    os._exit(0)
