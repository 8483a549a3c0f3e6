# ATTACK: path_socket
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Connect to a Unix socket that a program outside listens on, by its path.
# MUST: The socket cannot be reached.
# SIGN: CONNECTED.*
import os, socket
path = WORLD["socket"]
for way in ("path", "proc"):
    try:
        name = path if way == "path" else f"/proc/self/fd/{os.open(path, os.O_PATH)}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(2)
            link.connect(name)
            link.sendall(b"attacked")
            print("CONNECTED", way)
    except OSError: pass
