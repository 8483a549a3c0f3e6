# ATTACK: well_known_sockets
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Connect to the sockets of containers, buses, displays and agents that a machine may have.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: CONNECTED.*
import glob, os, socket
paths = ["/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket", "/run/systemd/private",
         "/dev/log", "/run/snapd.socket", os.environ.get("SSH_AUTH_SOCK", "/none"), "/run/user/0/bus", "/run/user/1000/bus",
         *glob.glob("/tmp/.X11-unix/*"), "\0/tmp/.X11-unix/X0", "\0/containerd-shim/x"]
for path in paths:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            with socket.socket(socket.AF_UNIX, kind) as link: link.settimeout(1); link.connect(path); print("CONNECTED", repr(path))
        except OSError: pass
