# ATTACK: threads
# KIND: cell
# BASE: correct
# NEEDS: isolated
# TRIES: Start fifteen hundred threads and let them sleep for a while.
# MUST: The process limit stops it; full score.
# SIGN: STARTED (?:[6-9]\d\d|\d{4,})
import threading, time
threading.stack_size(65536)
stop, started = threading.Event(), 0
try:
    for _ in range(1500):
        threading.Thread(target=stop.wait, args=(8,), daemon=True).start(); started += 1
except RuntimeError: pass
stop.set(); threading.stack_size(0)
print("STARTED", started)
time.sleep(0.5)
