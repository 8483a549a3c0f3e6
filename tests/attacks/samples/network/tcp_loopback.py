# ATTACK: tcp_loopback
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Connect to a service on the machine's own loopback address, with and without waiting.
# MUST: Every attempt fails at once; no byte arrives.
# SIGN: CONNECTED.*
import asyncio, socket
for address in (("127.0.0.1", WORLD["port"]), ("localhost", WORLD["port"]), ("127.1.2.3", WORLD["port"])):
    try:
        with socket.create_connection(address, 2) as link: link.sendall(b"attacked"); print("CONNECTED", address)
    except OSError: pass
link = socket.socket() if hasattr(socket, "socket") else None
