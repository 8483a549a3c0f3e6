# ATTACK: files_of_the_kernel
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Open for writing what steers the machine, and read what shows its memory.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: OPENED .*
import os
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/overcommit_memory", "/proc/sysrq-trigger", "/proc/1/oom_score_adj",
             "/sys/kernel/uevent_helper", "/sys/fs/cgroup/cgroup.procs", "/sys/kernel/mm/transparent_hugepage/enabled", "/proc/irq/0/smp_affinity"):
    try: os.close(os.open(path, os.O_WRONLY)); print("OPENED", path)
    except OSError: pass
for path in ("/proc/kcore", "/proc/kallsyms", "/proc/iomem", "/sys/firmware/dmi/tables/DMI", "/proc/1/mem", "/etc/shadow"):
    try:
        with open(path, "rb") as file: start = file.read(64)
        if path not in {"/proc/kallsyms", "/proc/iomem"} or start[:8].strip(b"0"): print("OPENED", path)
    except OSError: pass
