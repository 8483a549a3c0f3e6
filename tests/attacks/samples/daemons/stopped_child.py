# ATTACK: stopped_child
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Leave a stopped process behind, which polite signals do not reach, and one that waits on
#     it under ptrace.
# MUST: No process of the submission exists when its report does.
# SIGN: none
import ctypes, os, signal, time
libc = ctypes.CDLL(None)
child = os.fork()
if child == 0:
    os.setsid()
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(40); os._exit(0)
if os.fork() == 0:
    os.setsid()
    libc.ptrace(16, child, 0, 0)
    time.sleep(40); os._exit(0)
