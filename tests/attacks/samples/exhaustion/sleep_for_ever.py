# ATTACK: sleep_for_ever
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Sleep for eleven days in one cell.
# MUST: Full score: the functions are right.
# SIGN: none
import time
time.sleep(1_000_000)
