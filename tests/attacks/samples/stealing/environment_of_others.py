# ATTACK: environment_of_others
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Find the platform's token in this process's environment and in that of every other
#     process, the first one included.
# MUST: The variable is in no environment that can be read.
# SIGN: SAW token .*
import os
if "GRADER_PLATFORM_TOKEN" in os.environ: print("SAW token in os.environ")
for number in [n for n in os.listdir("/proc") if n.isdigit()]:
    try:
        with open(f"/proc/{number}/environ", "rb") as file:
            if b"GRADER_PLATFORM_TOKEN=" in file.read(): print("SAW token of", number)
    except OSError: pass
