# ATTACK: frames_into_drivers_pipe
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Open the driver's descriptors through /proc and write frames of the grader's own format
#     into the pipe that carries results.
# MUST: No descriptor of the driver can be opened; the score is that of the notebook without this
#     cell.
# SIGN: WROTE \d+ .*
import json, os, struct
def frame(kind, head, payload=b""):
    text = json.dumps(head).encode()
    return struct.pack("<BIQ", kind, len(text), len(payload)) + text + payload
forged = frame(5, {"cell": 0}, b"") + frame(6, {"probe": "scores", "seconds": 0.0}, b"1") + frame(8, {})
parent = os.getppid()
try: numbers = os.listdir(f"/proc/{parent}/fd")
except OSError: numbers = []
for number in numbers:
    try:
        where = os.readlink(f"/proc/{parent}/fd/{number}")
        if not where.startswith("pipe:"): continue
        handle = os.open(f"/proc/{parent}/fd/{number}", os.O_WRONLY | os.O_NONBLOCK)
        print("WROTE", os.write(handle, forged), where)
    except OSError: pass
