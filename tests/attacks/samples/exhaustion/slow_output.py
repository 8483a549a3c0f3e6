# ATTACK: slow_output
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Print a byte now and then, so that the cell always seems alive.
# MUST: Full score: the functions are right.
# SIGN: none
import sys, time
while True:
    sys.stdout.write("."); sys.stdout.flush(); time.sleep(0.05)
