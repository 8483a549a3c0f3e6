# ATTACK: udp_loopback
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Send datagrams to the machine's own loopback address, connected, unconnected and by
#     sendmsg.
# MUST: No datagram arrives.
# SIGN: none
import socket
for way in ("sendto", "connect", "sendmsg"):
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            to = ("127.0.0.1", WORLD["udp_port"])
            if way == "sendto": link.sendto(b"attacked", to)
            elif way == "sendmsg": link.sendmsg([b"attacked"], [], 0, to)
            else: link.connect(to); link.send(b"attacked")
    except OSError: pass
