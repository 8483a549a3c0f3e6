# ATTACK: what_status_says
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Read from the kernel's own status whether it holds capabilities, may gain privileges and
#     lacks a system call filter.
# MUST: No capabilities, no new privileges, a filter.
# SIGN: (?:HOLDS|MAY|LACKS) .*
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
    if int(status[name], 16): print("HOLDS", name)
if status["NoNewPrivs"].strip() == "0": print("MAY gain privileges")
if status["Seccomp"].strip() == "0": print("LACKS a filter")
