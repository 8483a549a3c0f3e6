# ATTACK: giant_integers
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Compute and print integers of millions of digits, and raise one as an exception.
# MUST: Full score: the functions are right.
# SIGN: none
import sys
sys.set_int_max_str_digits(0)
big = 1 << 40_000_000
print(len(str(1 << 200_000)))
raise ValueError(big)
