# ATTACK: raw_and_odd_families
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Open raw, packet, crypto, Bluetooth, cluster and other sockets that filters forget, and
#     less usual protocols.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: OPENED .*
import socket
families = {"raw": (2, 3, 1), "ping": (2, 2, 1), "packet": (17, 3, 0x300), "packet datagram": (17, 2, 0), "alg": (38, 5, 0),
            "bluetooth": (31, 3, 0), "tipc": (30, 2, 0), "rds": (21, 5, 0), "qipcrtr": (42, 2, 0), "xdp": (44, 3, 0), "key": (15, 3, 2),
            "can": (29, 3, 1), "mptcp": (2, 1, 262), "sctp": (2, 1, 132), "udplite": (2, 2, 136), "smc": (43, 1, 0), "kcm": (41, 2, 0),
            "llc": (26, 1, 0), "x25": (9, 5, 0), "pppox": (24, 1, 0), "nfc": (39, 5, 0), "caif": (37, 1, 0)}
for name, (family, kind, protocol) in families.items():
    try: socket.socket(family, kind, protocol).close(); print("OPENED", name)
    except OSError: pass
