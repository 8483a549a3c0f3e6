# ATTACK: object_arrays
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return arrays of Python objects, each of which agrees with everything it is compared
#     with.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import numpy as np
class Agreeing:
    def __eq__(self, _o): return True
    __le__ = __lt__ = __ge__ = __gt__ = __eq__
    def __sub__(self, _o): return self
    __rsub__ = __abs__ = __mul__ = __add__ = __neg__ = lambda self, *_o: self
    __hash__ = object.__hash__
    def __float__(self): return 0.05
    def __bool__(self): return True
def make(shape):
    found = np.empty(shape, object); found[...] = Agreeing(); return found
def compute_induction_scores(model, *_a, **_k): return make((model.cfg.n_layers, model.cfg.n_heads))
compute_prev_token_scores = compute_induction_scores
def compute_k_composition(*_a, **_k): return Agreeing()
def measure_induction_loss(*_a, **_k): return Agreeing(), Agreeing()
def ablate_heads(model, tokens, *_a, **_k): return make((*tokens.shape, model.cfg.d_vocab))
def create_repeated_sequence(*_a, **_k): return make((1, 28))
