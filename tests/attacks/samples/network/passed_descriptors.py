# ATTACK: passed_descriptors
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Receive a connected socket from outside, by which something outside can be reached.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: CONNECTED.*
import os, socket
for number in range(3, 256):
    try:
        link = socket.socket(fileno=os.dup(number))
        if link.family in (socket.AF_INET, socket.AF_INET6) and link.getpeername(): print("CONNECTED", number)
        if link.family == socket.AF_UNIX:
            link.setblocking(False)
            _, files, _, _ = socket.recv_fds(link, 1, 8, socket.MSG_PEEK)
            if files: print("CONNECTED by passed descriptor", files)
    except OSError: pass
