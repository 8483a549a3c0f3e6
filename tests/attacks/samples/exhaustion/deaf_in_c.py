# ATTACK: deaf_in_c
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Stay in one call of C code that looks at no signal, for longer than any limit.
# MUST: Full score: the functions are right.
# SIGN: none
sum(range(10**13))
