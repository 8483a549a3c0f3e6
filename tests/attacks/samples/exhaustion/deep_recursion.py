# ATTACK: deep_recursion
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Recurse until the interpreter's own stack is used up, in Python and in C.
# MUST: Full score: the functions are right.
# SIGN: none
import sys
sys.setrecursionlimit(1 << 30)
def deeper(things): return repr([deeper]) + deeper([things]) + repr(things)
deeper([])
