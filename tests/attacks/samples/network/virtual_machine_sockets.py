# ATTACK: virtual_machine_sockets
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Reach the host of a virtual machine over AF_VSOCK, which no network namespace closes.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: (?:OPENED|CONNECTED).*
import socket
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    try:
        with socket.socket(40, kind) as link:
            print("OPENED vsock", kind)
            link.settimeout(1)
            for port in (52, 1024, 9999):
                try: link.connect((2, port)); print("CONNECTED vsock", port)
                except OSError: pass
    except OSError: pass
