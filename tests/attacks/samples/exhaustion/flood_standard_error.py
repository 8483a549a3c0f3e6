# ATTACK: flood_standard_error
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Write two hundred megabytes to standard error, by Python and by descriptor, from this
#     process and a child.
# MUST: Full score: the functions are right.
# SIGN: none
import os, subprocess, sys
line = "E" * 999 + "\n"
for _ in range(20_000): sys.stderr.write(line)
for number in (1, 2):
    for _ in range(40): os.write(number, b"F" * (1 << 20))
subprocess.run(["bash", "-c", "head -c 100000000 /dev/zero >&2"], check=False)
