# ATTACK: command_lines
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: List the machine's processes: their command lines, working directories and open files.
# MUST: Only processes of the sandbox can be seen, and no path outside it.
# SIGN: SAW bystander .*
import os
for number in [n for n in os.listdir("/proc") if n.isdigit()]:
    for what in ("cmdline", "comm", "status", "maps", "stat"):
        try:
            with open(f"/proc/{number}/{what}", "rb") as file: text = file.read(100_000)
            if WORLD["bystander_name"].encode() in text: print("SAW bystander", what)
        except OSError: pass
    try:
        for one in os.listdir(f"/proc/{number}/fd"):
            if os.readlink(f"/proc/{number}/fd/{one}").startswith(WORLD["home"]): print("SAW bystander fd", one)
    except OSError: pass
