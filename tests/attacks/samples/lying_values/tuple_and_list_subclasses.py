# ATTACK: tuple_and_list_subclasses
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return tuples and lists of classes of their own, whose length, items and equality depend
#     on who asks.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import collections
class Tuple(tuple):
    def __iter__(self):
        while True: yield 0.05
    def __len__(self): return 2
    def __eq__(self, _o): return True
    def __getitem__(self, _i): return 0.05
    __hash__ = tuple.__hash__
class List(list):
    def __iter__(self): raise SystemExit(0)
    def __len__(self): return 1 << 62
    def __eq__(self, _o): return True
    __hash__ = None
def measure_induction_loss(*_a, **_k): return Tuple((1, 2))
def compute_induction_scores(*_a, **_k): return List([[0.05] * 3] * 4)
def compute_prev_token_scores(*_a, **_k): return collections.UserList([[0.05] * 3] * 4)
def compute_k_composition(*_a, **_k): return collections.namedtuple("score", "loss accuracy")(Tuple(), List())
