# ATTACK: device_nodes
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Make and open devices: memory, disks, terminals, GPUs, virtual machines, tunnels.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: (?:MADE|OPENED) .*
import glob, os, stat
for name, kind, major, minor in (("disk", stat.S_IFBLK, 8, 0), ("memory", stat.S_IFCHR, 1, 1), ("log", stat.S_IFCHR, 1, 11)):
    try: os.mknod(name, kind | 0o600, os.makedev(major, minor)); os.open(name, os.O_RDONLY); print("MADE", name)
    except OSError: pass
for path in ["/dev/mem", "/dev/kmsg", "/dev/port", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/uinput", "/dev/nvidia0", "/dev/dri/card0",
             "/dev/loop-control", "/dev/mapper/control", *glob.glob("/dev/sd?"), *glob.glob("/dev/vd?"), *glob.glob("/dev/nvme*")]:
    try: os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK)); print("OPENED", path)
    except OSError: pass
