# ATTACK: deep_directories
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Nest directories two thousand deep, with modes that forbid entering, so that cleaning up
#     recurses or fails.
# MUST: Full score, and nothing of the kernel's directory is left.
# SIGN: none
import os
here = os.open(".", os.O_RDONLY)
try:
    for i in range(2_000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here); here = below
    os.mkdir("closed", 0, dir_fd=here)
except OSError: pass
os.close(here)
os.mkdir("locked"); open("locked/file", "w").close(); os.chmod("locked", 0)
