# ATTACK: ipv6
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Connect over IPv6: loopback, mapped IPv4 and a public resolver.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: CONNECTED.*
import socket
for address in ("::1", "::ffff:127.0.0.1", "2606:4700:4700::1111"):
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as link:
            link.settimeout(2)
            link.connect((address, WORLD["port"] if "4700" not in address else 53))
            link.sendall(b"attacked")
            print("CONNECTED", address)
    except OSError: pass
