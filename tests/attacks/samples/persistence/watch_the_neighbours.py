# ATTACK: watch_the_neighbours
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Watch the folders of submissions and results with inotify, which tells names of files
#     that cannot be read.
# MUST: Nothing outside the sandbox can be watched.
# SIGN: WATCHING .*
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
handle = libc.inotify_init1(0)
for name in ("submissions", "results", "home", "outside"):
    if libc.inotify_add_watch(handle, WORLD[name].encode(), 0xFFF) >= 0: print("WATCHING", name)
