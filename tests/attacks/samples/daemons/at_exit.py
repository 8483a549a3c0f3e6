# ATTACK: at_exit
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Fork from exit handlers, finalizers and death of threads, when the kernel is being ended.
# MUST: Full score: the functions are right.
# SIGN: none
import atexit, os, signal, threading, time, weakref
def linger(*_a):
    if os.fork() == 0:
        os.setsid(); time.sleep(20); os._exit(0)
atexit.register(linger)
class Thing: pass
kept = Thing()
weakref.finalize(kept, linger)
for number in (signal.SIGTERM, signal.SIGHUP): signal.signal(number, linger)
threading._register_atexit(linger) if hasattr(threading, "_register_atexit") else None
