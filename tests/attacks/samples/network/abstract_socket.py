# ATTACK: abstract_socket
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Connect to an abstract Unix socket of a program outside, by stream and by datagram.
# MUST: The socket cannot be reached.
# SIGN: CONNECTED.*
import socket
for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_DGRAM):
    try:
        with socket.socket(socket.AF_UNIX, kind) as link:
            link.settimeout(2)
            link.connect("\0" + WORLD["abstract"])
            link.send(b"attacked")
            print("CONNECTED", kind)
    except OSError: pass
