# ATTACK: close_descriptors
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Close every descriptor of the kernel, its messaging sockets included.
# MUST: Full score: the functions are right.
# SIGN: none
import os
os.closerange(0, 1024)
