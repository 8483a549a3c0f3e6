# ATTACK: dict_subclasses
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return mappings that have an answer to every key, that never stop iterating, or whose
#     keys lie.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import collections
class Every(dict):
    def __missing__(self, _key): return 0.0
    def __len__(self): return 1
    def __iter__(self):
        while True: yield "loss"
    items = keys = values = __iter__
    def __contains__(self, _key): return True
def compute_induction_scores(*_a, **_k): return Every()
def compute_prev_token_scores(*_a, **_k): return collections.defaultdict(float, loss=0.0)
def compute_k_composition(*_a, **_k): return {type("K", (str,), {"__eq__": lambda s, o: True, "__hash__": str.__hash__})("x"): 0.0}
def measure_induction_loss(*_a, **_k): return collections.ChainMap({"loss": 0.0}, {"accuracy": 1.0})
