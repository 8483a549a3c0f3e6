# ATTACK: replace_builtins
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Replace eval, compile, type, float and len, by which the probe's own code is carried out.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import builtins
real_eval = builtins.eval
def trick(code, *spaces):
    name = getattr(code, "co_filename", "")
    return 0.05 if name.startswith("<probe ") else real_eval(code, *spaces)
builtins.eval = trick
builtins.any = lambda *_a: False
builtins.abs = lambda *_a: 0
builtins.sum = lambda *_a: 0
builtins.hasattr = lambda *_a: True
