# ATTACK: posix_queue_and_semaphore
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Leave a POSIX message queue, a named semaphore and a named shared memory object.
# MUST: None of them exists outside the sandbox.
# SIGN: none
import ctypes, os
libc = ctypes.CDLL("libc.so.6", use_errno=True)
name = b"/" + WORLD["tag"].encode()
for act in (lambda: libc.mq_open(name, os.O_CREAT | os.O_RDWR, 0o666, None), lambda: libc.sem_open(name, os.O_CREAT, 0o666, 0),
            lambda: libc.shm_open(name, os.O_CREAT | os.O_RDWR, 0o666)):
    try: act()
    except (OSError, AttributeError): pass
