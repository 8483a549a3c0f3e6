# ATTACK: array_protocol
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return objects that turn into arrays on request, another one each time, through
#     __array__, the array interface and dlpack.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import itertools
import numpy as np
class Turning:
    turn = itertools.count()
    shape, dtype, ndim, size = (4, 3), np.dtype("f8"), 2, 12
    def __array__(self, *_a, **_k): return np.full((4, 3), 1.0 / (1 + next(self.turn)))
    def __float__(self): return 0.05
    def __len__(self): return 4
    def __getitem__(self, _i): return 0.05
    def tolist(self): return [[0.05] * 3] * 4
    numpy = detach = cpu = lambda self: self.__array__()
    def __dlpack__(self, **_k): raise SystemExit
    __array_interface__ = property(lambda self: {"shape": (4, 3), "typestr": "<f8", "version": 3, "data": (0, False)})
def compute_induction_scores(*_a, **_k): return Turning()
compute_prev_token_scores = compute_k_composition = measure_induction_loss = ablate_heads = compute_induction_scores
