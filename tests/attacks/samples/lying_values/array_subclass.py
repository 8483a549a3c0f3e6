# ATTACK: array_subclass
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return a NumPy array of a class of its own, for which every difference is zero and every
#     comparison true.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import numpy as np
class Agreeing(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain = np.asarray(self)
        if ufunc.__name__ in {"equal", "less", "less_equal", "greater_equal", "isfinite", "logical_and"}:
            return np.ones(plain.shape, bool)
        return np.zeros(plain.shape)
    def __array_function__(self, func, types, args, kwargs): return True
    def all(self, *_a, **_k): return True
def make(shape): return np.full(shape, 0.05).view(Agreeing)
def compute_induction_scores(model, *_a, **_k): return make((model.cfg.n_layers, model.cfg.n_heads))
compute_prev_token_scores = compute_induction_scores
def compute_k_composition(*_a, **_k): return make(())
