# ATTACK: netlink
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: List the machine's network interfaces and addresses through netlink and ioctls.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: SAW interface (?!lo\b).*
import socket, struct
try:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as link:
        link.settimeout(2)
        link.send(struct.pack("<IHHIIBxHiII", 32, 18, 0x301, 1, 0, 0, 0, 0, 0, 0))
        print("SAW", len(link.recv(65536)), "bytes of netlink")
except OSError: pass
try: print(*("SAW interface " + name for _, name in socket.if_nameindex()), sep="\n")
except OSError: pass
try:
    for line in open("/proc/net/dev").read().splitlines()[2:]: print("SAW interface", line.split(":")[0].strip())
except OSError: pass
