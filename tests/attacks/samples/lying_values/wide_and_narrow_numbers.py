# ATTACK: wide_and_narrow_numbers
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return long doubles, huge integers, fractions, decimals and integers that pretend an
#     index.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import decimal, fractions
import numpy as np
class Pretends(int):
    def __index__(self): return 0
    def __int__(self): return 0
    def __float__(self): return 0.05
    def __round__(self, *_a): return 0.05
def compute_induction_scores(model, *_a, **_k): return np.full((model.cfg.n_layers, model.cfg.n_heads), np.longdouble("1e4000"))
def compute_prev_token_scores(*_a, **_k): return [[10**400] * 3] * 4
def compute_k_composition(*_a, **_k): return fractions.Fraction(1, 20)
def measure_induction_loss(*_a, **_k): return decimal.Decimal("sNaN"), Pretends(7)
